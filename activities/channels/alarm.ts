// One alarm for the phases of a call, of which each has its own limit.

export interface Alarm {
  /** Rejects with an error of that `code` when the alarm rings. */
  rung: Promise<never>;
  ring: (code: string) => void;
  /** Rings after `ms`, instead of what was set before. */
  set(ms: number, code: string): void;
  unset: () => void;
  /** Unset for good. */
  silence: () => void;
}

export function createAlarm(): Alarm {
  let ring: (code: string) => void = () => {};
  let timer: NodeJS.Timeout | undefined;
  let isSilent = false;
  const rung = new Promise<never>((_, reject) => {
    ring = (code) => reject(coded(code));
  });
  // It may ring when nobody waits for it any more.
  rung.catch(() => {});
  const unset = () => clearTimeout(timer);
  return {
    rung,
    ring,
    unset,
    set(ms, code) {
      unset();
      if (!isSilent) timer = setTimeout(ring, ms, code);
    },
    silence() {
      isSilent = true;
      unset();
    },
  };
}

/** An error that carries nothing but its code. */
export function coded(code: string): Error & { code: string } {
  return Object.assign(new Error(code), { code });
}
