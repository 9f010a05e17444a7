// A stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) as an answer.
import type { FastifyReply } from 'fastify';

export interface Stream {
  /** `id` is what the reader comes back with. */
  send(id: string, data: object): void;
  end(): void;
  /** Resolves when either side has ended it. */
  ended: Promise<void>;
}

/** Proxies close what is silent for long. */
const heartbeatMs = 15_000;
/** A reader this far behind comes again for the rest. */
const mostBehindBytes = 1024 * 1024;

/** Takes the answer over from the framework; headers that were set on the reply go with it. */
export function openStream(reply: FastifyReply): Stream {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  // Written at once, so that the reader knows that it is connected.
  raw.write('retry: 2000\n\n');
  const timer = setInterval(() => raw.write(': alive\n\n'), heartbeatMs);
  const ended = new Promise<void>((resolve) => {
    raw.once('close', () => {
      clearInterval(timer);
      resolve();
    });
    raw.on('error', () => {});
  });
  return {
    send(id, data) {
      raw.write(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
      if (raw.writableLength > mostBehindBytes) raw.destroy();
    },
    end: () => void raw.end(),
    ended,
  };
}
