// Which page stands at which address; before that, whether anybody is signed in.
import { Center, Loader } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { useShop } from './api/session.ts';
import { CustomerSearch } from './customers/customer-search.tsx';
import { Boundary } from './frame/boundary.tsx';
import { Failure } from './frame/failure.tsx';
import { Frame, pages } from './frame/frame.tsx';
import { Nowhere } from './frame/nowhere.tsx';
import { SignIn } from './frame/sign-in.tsx';
import { Speaking, useWords } from './words/words.tsx';

const CustomerPage = lazy(() => import('./customers/customer-page.tsx'));
const JourneyList = lazy(() => import('./journeys/journey-list.tsx'));
const JourneyPage = lazy(() => import('./journeys/journey-page.tsx'));
const Inbox = lazy(() => import('./inbox/inbox.tsx'));
const EventTail = lazy(() => import('./storefront/event-tail.tsx'));
const Quarantine = lazy(() => import('./storefront/quarantine.tsx'));
const Connect = lazy(() => import('./storefront/connect.tsx'));

export function App() {
  const shop = useShop();
  return (
    <Speaking shops={shop.data?.locale}>
      {shop.data?.session ? (
        <Frame shop={shop.data} session={shop.data.session}>
          <Whole />
        </Frame>
      ) : shop.data ? (
        <SignIn brand={shop.data.brand} />
      ) : shop.isError ? (
        <Center mih="60vh" p="md">
          <Failure error={shop.error} onAgain={() => void shop.refetch()} />
        </Center>
      ) : (
        <Waiting />
      )}
    </Speaking>
  );
}

/** A page that cannot be drawn leaves the others to go to. */
function Whole() {
  const [place] = useLocation();
  return (
    <Boundary place={place}>
      <Pages />
    </Boundary>
  );
}

function Pages() {
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        <Route path="/">
          <Home />
        </Route>
        <Route path="/customers" component={CustomerSearch} />
        <Route path="/customers/:id" component={CustomerPage} />
        <Route path="/journeys" component={JourneyList} />
        <Route path="/journeys/:name" component={JourneyPage} />
        <Route path="/inbox" component={Inbox} />
        <Route path="/events" component={EventTail} />
        <Route path="/quarantine" component={Quarantine} />
        <Route path="/keys" component={Connect} />
        <Route component={Nowhere} />
      </Switch>
    </Suspense>
  );
}

/** The first page that is of use to who signed in. */
function Home() {
  const session = useShop().data?.session;
  const first = pages.find(({ needs }) => session?.can.includes(needs));
  return <Redirect to={first?.path ?? '/customers'} replace />;
}

function Waiting(): ReactNode {
  const { loading } = useWords();
  return (
    <Center mih="40vh">
      <Loader aria-label={loading} role="status" />
    </Center>
  );
}
