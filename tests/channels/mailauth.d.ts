// mailauth brings no types; what our test reads of it.
declare module 'mailauth' {
  interface Checked {
    status: { result: string };
    signingDomain: string;
    signingHeaders?: { keys: string };
  }
  export function authenticate(
    message: Buffer,
    options: {
      resolver(name: string, type: string): Promise<string[][]>;
      disableArc?: boolean;
      disableDmarc?: boolean;
    },
  ): Promise<{ dkim: { results: Checked[] } }>;
}
