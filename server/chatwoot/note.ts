// What an agent in Chatwoot reads first: why a person is wanted, the story so far, and what was said before.
import type { Json } from '../../engine/core/schema.ts';

interface Shown {
  id: string;
  channel: string;
  queue: string;
  journey: string | null;
  step: string | null;
  note: string | null;
  openedAt: string;
  messages: {
    from: string;
    content: { text?: string; title?: string; body?: string; url?: string | null };
    at: string;
  }[];
  story: {
    title: string | null;
    summary: string;
    enrollments: { summary: string; lines: { at: string; sentence: string }[] }[];
  } | null;
}

const mostLines = 30;

/** A conversation as the agent inbox shows it, as text. */
export function noteOf(view: Json): string {
  const { queue, channel, journey, step, note, story, messages, openedAt } = view as unknown as Shown;
  const place = journey === null ? channel : `${channel} · ${journey}${step === null ? '' : ` / ${step}`}`;
  const before = messages.filter(({ at }) => at < openedAt);
  return [
    `Tabiji · ${queue} · ${place}`,
    ...(note === null ? [] : [note]),
    ...(story === null ? [] : ['', ...linesOf(story)]),
    ...(before.length === 0
      ? []
      : ['', ...before.slice(-mostLines).map((one) => `${one.from}: ${saidIn(one.content)}`)]),
  ].join('\n');
}

/** What was said, as one text. */
export function saidIn(content: { text?: string; title?: string; body?: string; url?: string | null }): string {
  if (content.text !== undefined) return content.text;
  return [content.title, content.body, content.url].filter((part) => part).join('\n');
}

function linesOf({ summary, enrollments }: NonNullable<Shown['story']>): string[] {
  const lines = enrollments.flatMap((one) => [one.summary, ...one.lines.slice(-mostLines).map(lineOf)]);
  return [summary, ...lines.filter((line) => line !== summary)];
}

function lineOf({ at, sentence }: { at: string; sentence: string }): string {
  return `- ${at} ${sentence}`;
}
