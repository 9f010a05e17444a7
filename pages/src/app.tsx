// Which page stands at which address; before that, whether anybody is signed in.
import { Center, Loader } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { useShop } from './api/session.ts';
import { CustomerSearch } from './customers/customer-search.tsx';
import { Failure } from './frame/failure.tsx';
import { Frame } from './frame/frame.tsx';
import { Nowhere } from './frame/nowhere.tsx';
import { SignIn } from './frame/sign-in.tsx';
import { Speaking, useWords } from './words/words.tsx';

const CustomerPage = lazy(() => import('./customers/customer-page.tsx'));

export function App() {
  const shop = useShop();
  return (
    <Speaking shops={shop.data?.locale}>
      {shop.data?.session ? (
        <Frame shop={shop.data} session={shop.data.session}>
          <Pages />
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

function Pages() {
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        <Route path="/">
          <Redirect to="/customers" replace />
        </Route>
        <Route path="/customers" component={CustomerSearch} />
        <Route path="/customers/:id" component={CustomerPage} />
        <Route component={Nowhere} />
      </Switch>
    </Suspense>
  );
}

function Waiting(): ReactNode {
  const { loading } = useWords();
  return (
    <Center mih="40vh">
      <Loader aria-label={loading} role="status" />
    </Center>
  );
}
