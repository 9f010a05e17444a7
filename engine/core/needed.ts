// What would have had to be true, said in Japanese. Decisions keep the English sentence, which names what was looked at;
// an author's own condition stands there as it is, and is the same in every language.

type Say = (...parts: string[]) => string;

const list = (text: string) => text.replaceAll(' and ', '、');

const told: [RegExp, Say][] = [
  [/^the enrollment must be open$/, () => 'ジャーニーに参加中であること'],
  [/^no enrollment may be open$/, () => '同じジャーニーに参加中でないこと'],
  [/^the journey or enrollment must be resumed$/, () => '一時停止が解除されること'],
  [/^the journey must be resumed$/, () => 'ジャーニーが再開されること'],
  [/^the customer must not be in the holdout of this journey$/, () => '配信しないグループに入っていないこと'],
  [/^the customer must have an address for (\S+)$/, (channel) => `${channel} の宛先が登録されていること`],
  [/^the customer must have an email or a phone$/, () => 'メールアドレスまたは電話番号が登録されていること'],
  [/^consent to (.+) by (\S+) must be granted$/, (what, by) => `${by} での ${list(what!)} への同意があること`],
  [/^the address must not be suppressed \((.+)\)$/, (why) => `宛先が配信停止リストにないこと（${why}）`],
  [/^the message must leave before it expires$/, () => '有効期限までに送信できること'],
  [
    /^it must be outside the quiet hours, (\S+) to (\S+) in (\S+)$/,
    (from, to, zone) => `配信を控える時間帯（${zone} の${from}〜${to}）の外であること`,
  ],
  [
    /^fewer than (\d+) messages by (.+?) must have gone (?:on one day in (\S+?)|within ([\d.]+) hours)(, messages of higher priority that wait included)?$/,
    (max, by, zone, hours, others) =>
      `${list(by!)} の配信が${zone ? `一日（${zone}）` : `${hours}時間`}に${max}通未満であること${others ? '（優先度の高い待機中のものを含む）' : ''}`,
  ],
  [/^the template must render \((.+)\)$/, (code) => `本文を作成できること（${code}）`],
  [/^the provider must take the message$/, () => '配信事業者が受け付けること'],
  [/^nobody may have cancelled it$/, () => '取り消されていないこと'],
  [/^the turn that asked for it must fit$/, () => '記録が食い違わないこと'],
  [/^an agent must release it$/, () => '担当者が解除すること'],
  [/^the event must arrive sooner after it happened$/, () => 'イベントが発生からより早く届くこと'],
  [
    /^the event must happen from (\S+) until (\S+)$/,
    (from, until) => `期間内のイベントであること（${from === 'ever' ? '' : from}〜${until === 'ever' ? '' : until}）`,
  ],
  [
    /^the event must be newer than the one that opened the enrollment$/,
    () => '参加のきっかけより新しいイベントであること',
  ],
  [/^the customer must not have entered before$/, () => '参加したことがないこと'],
  [/^the last entry must be longer ago$/, () => '前回の参加からより長い時間がたっていること'],
  [/^event\.(\S+) must be there$/, (name) => `イベントに ${name} があること`],
  [/^(\S+) must not have happened yet$/, (event) => `${event} がまだ起きていないこと`],
  [/^not \((.+)\)$/s, (condition) => `次の条件が成り立たないこと: ${condition}`],
  [/^(.+) must be evaluated without error$/, (what) => `${list(what!)} をエラーなく評価できること`],
  [/^(.+) must have a value of the declared type$/, (what) => `${list(what!)} の値が宣言された型であること`],
  [/^(.+) must be a moment$/s, (what) => `${what} が日時であること`],
];

const expiring = ', before the message expires';

/** The recorded sentence in Japanese; one that is none of ours (a condition) as it is. */
export function neededInJapanese(needed: string): string {
  if (needed.endsWith(expiring)) return `有効期限までに、${neededInJapanese(needed.slice(0, -expiring.length))}`;
  for (const [pattern, say] of told) {
    const found = pattern.exec(needed);
    if (found) return say(...found.slice(1));
  }
  return needed;
}
