// Where a call may go: an address that somebody gave us must not lead into the worker's own network.
import { expect, it } from 'vitest';
import { checkedLookup, mayCall, requireReach } from '../../activities/channels/reach.ts';

it.each([
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '127.0.0.1',
  '0.0.0.0',
  '169.254.169.254',
  '100.64.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '::ffff:10.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::a00:1',
  '2002:0a00:0001::',
  '2001:db8::1',
  'nonsense',
])('%s is not public', (address) => {
  expect(mayCall(address, 'public')).toBe(false);
});

it.each(['93.184.216.34', '8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is public', (address) => {
  expect(mayCall(address, 'public')).toBe(true);
});

it.each([
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://0x7f.1/',
  'https://2130706433/',
  'https://017700000001/',
  'https://[::ffff:7f00:1]/',
  'https://169.254.169.254/latest/meta-data',
])('%s is refused as it is written', (url) => {
  expect(() => requireReach(new URL(url), 'public')).toThrow('EPRIVATE');
});

it('plain http goes to this machine only, and only where that is allowed', () => {
  expect(() => requireReach(new URL('http://shop.example/'), 'public')).toThrow('EINSECURE');
  expect(() => requireReach(new URL('http://shop.example/'), 'public or loopback')).toThrow('EINSECURE');
  expect(() => requireReach(new URL('http://127.0.0.1:1/'), 'public')).toThrow('EINSECURE');
  expect(() => requireReach(new URL('ftp://127.0.0.1:1/'), 'anywhere')).toThrow('EINSECURE');
  expect(() => requireReach(new URL('http://127.0.0.1:1/'), 'public or loopback')).not.toThrow();
  expect(() => requireReach(new URL('https://shop.example/'), 'public')).not.toThrow();
});

it('a name that leads to a private address is refused when it is resolved, for the connection itself', async () => {
  const ask = (reach: 'public' | 'public or loopback', all: boolean) =>
    new Promise((resolve) =>
      checkedLookup(reach)('localhost', { all }, (error, address) => resolve(error?.message ?? address)),
    );
  expect(await ask('public', true)).toBe('EPRIVATE');
  expect(await ask('public', false)).toBe('EPRIVATE');
  expect(await ask('public or loopback', false)).toMatch(/^(127\.0\.0\.1|::1)$/);
});
