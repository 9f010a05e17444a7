import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, isLoopback, requireFreePort } from '../../embedded/ports.ts';

test('a free port can be listened on', async () => {
  await expect(requireFreePort(await freePort(), 'PORT')).resolves.toBeUndefined();
});

test.each(['127.0.0.1', '0.0.0.0'])('a port taken on %s is refused with what to do', async (host) => {
  const port = await freePort();
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  await expect(requireFreePort(port, 'PORT')).rejects.toThrow(
    `port ${port} is taken by another program; stop it or set PORT=${port + 1}`,
  );
});

test.each([0, -1, 65536, 3.5, Number.NaN])('%s is no port', async (port) => {
  await expect(requireFreePort(port, 'PORT')).rejects.toThrow('PORT must be a port between 1 and 65535');
});

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['127.0.0.1.shop.example', false],
])('%s is this machine alone: %s', (host, isIt) => expect(isLoopback(host)).toBe(isIt));
