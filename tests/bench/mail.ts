// Mail over real SMTP: our channel, which asks for a claim before each mail's first byte, beside plain nodemailer with a pool
// of the same size, on the same local receiver in the same rounds.
import { createTransport } from 'nodemailer';
import { emailChannel } from '../../activities/channels/email.ts';
import { smtpReceiver } from '../channels/smtp-receiver.ts';
import { cpuTimes } from './cpu.ts';
import { median } from './journeys.ts';

const mails = 500;
const connections = 5;
const rounds = 5;
const from = '旅路商店 <hello@shop.example>';
const html = `<p>花子様</p>${'<p>カートに商品が残っています。<a href="https://www.shop.example/cart">続ける</a></p>'.repeat(20)}`;
const rendered = { subject: 'お忘れ物はありませんか', html, text: '花子様\n\n'.repeat(40), from, locale: 'ja' };

interface Sent {
  ms: number;
  cpuMs: number;
}

/** Lines of the report. */
export async function measureMail(): Promise<string[]> {
  const receiver = await smtpReceiver({ extensions: ['8BITMIME', 'SMTPUTF8'] });
  const runs: { ours: Sent; plain: Sent }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const one = { ours: () => ours(receiver.url, round), plain: () => plain(receiver.url) };
    // Who goes first changes, and the first round only warms up.
    const [first, second] = round % 2 === 0 ? (['ours', 'plain'] as const) : (['plain', 'ours'] as const);
    const run = { [first]: await measured(one[first]), [second]: await measured(one[second]) } as (typeof runs)[number];
    const taken = receiver.messages.splice(0).length;
    if (taken !== 2 * mails) throw new Error(`the receiver took ${taken} mails`);
    if (round > 0) runs.push(run);
  }
  await receiver.close();
  const line = (name: 'ours' | 'plain', called: string) => {
    const ms = median(runs.map((run) => run[name].ms));
    const cpu = median(runs.map((run) => run[name].cpuMs)) / mails;
    return `${called.padEnd(48)}${((mails * 1_000) / ms).toFixed(0).padStart(9)}${cpu.toFixed(2).padStart(9)}`;
  };
  const speed = median(runs.map((run) => run.plain.ms / run.ours.ms)).toFixed(2);
  const cpu = median(runs.map((run) => run.plain.cpuMs / run.ours.cpuMs)).toFixed(2);
  return [
    `${`${mails} mails over SMTP, ${connections} connections, ${rounds} rounds`.padEnd(48)}${'mails/s'.padStart(9)}${'CPU ms'.padStart(9)}`,
    line('ours', 'our channel, a claim before each'),
    line('plain', 'nodemailer with a pool'),
    `${'ratio within a round, more is better'.padEnd(48)}${speed.padStart(9)}${cpu.padStart(9)}`,
  ];
}

async function ours(smtpUrl: string, round: number): Promise<void> {
  const channel = emailChannel({ smtpUrl, connections });
  const send = async (_: unknown, index: number) => {
    const outbound = { key: `bench${round}/${index}`, to: addressOf(index), rendered, unsubscribeUrl: null };
    const { kind } = await channel.attempt(outbound, async () => true, new AbortController().signal);
    if (kind !== 'accepted') throw new Error(`a mail ended ${kind}`);
  };
  await Promise.all(Array.from({ length: mails }, send));
  await channel.close();
}

async function plain(url: string): Promise<void> {
  const transport = createTransport({ url, pool: true, maxConnections: connections, maxMessages: 100 });
  const { subject, text } = rendered;
  const send = (_: unknown, index: number) => transport.sendMail({ from, to: addressOf(index), subject, html, text });
  await Promise.all(Array.from({ length: mails }, send));
  transport.close();
}

async function measured(work: () => Promise<void>): Promise<Sent> {
  const cpu = cpuOf();
  const startedAt = performance.now();
  await work();
  return { ms: performance.now() - startedAt, cpuMs: cpuOf() - cpu };
}

function cpuOf(): number {
  return Object.entries(cpuTimes()).reduce((sum, [name, ms]) => (name.startsWith('node') ? sum + ms : sum), 0);
}

function addressOf(index: number): string {
  return `customer${index}@customer.example`;
}
