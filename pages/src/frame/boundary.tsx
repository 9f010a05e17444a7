// Catches what a page could not draw, so that the way to the others stays. Reloading is all that one can do.
import { Component, type ReactNode } from 'react';
import { Failure } from './failure.tsx';

interface BoundaryProps {
  /** A change of it forgets the failure. */
  place: string;
  children: ReactNode;
}

interface Failed {
  error: Error | null;
  place: string;
}

export class Boundary extends Component<BoundaryProps, Failed> {
  override state: Failed = { error: null, place: this.props.place };

  static getDerivedStateFromError(error: Error): Partial<Failed> {
    return { error };
  }

  static getDerivedStateFromProps({ place }: BoundaryProps, state: Failed): Partial<Failed> | null {
    return place === state.place ? null : { error: null, place };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error ? <Failure error={error} onAgain={() => window.location.reload()} /> : this.props.children;
  }
}
