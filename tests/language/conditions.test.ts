import { describe, expect, test } from 'vitest';
import { checkCondition, type Scope } from '../../language/conditions.ts';
import { speak } from '../../language/phrase.ts';
import { scope } from './condition-scope.ts';

/** What an author reads, each with the part of the text it points at. */
function problems(text: string, where: Scope = scope): string[] {
  return checkCondition(text, where).problems.map(
    ({ message, rule, start, end, hint }) =>
      `${text.slice(start, end)} | ${speak(message, 'en')}${hint ? `. ${speak(hint, 'en')}` : ''} [${rule}]`,
  );
}

const cel = (text: string) => checkCondition(text, scope).condition?.cel;

describe('a condition that holds no mistake goes into the plan as it is written', () => {
  test.each([
    'size(event.items) > 0',
    'event.total >= 10000',
    'event.total + 1 > 10000',
    'event.total * 2 < 3 || event.pieces % 2 == 0',
    'event.pieces == 1.0 && size(event.items) == 1.0',
    '"a" in event.tags',
    'entry.total > 1 && latest.total > entry.total',
    'event.items.exists(i, i.sku == "A" && i.quantity > 1)',
    'event.items.filter(i, i.quantity > 1).size() > 0',
    'event.items.map(i, i.quantity) == [1, 2]',
    'event.items.map(i, i.quantity > 1, i.sku) == ["A"]',
    'event.items.exists_one(i, has(i.gift) && i.gift)',
    'event.items.all(a, event.items.all(b, a.quantity >= b.quantity))',
    'event.items[?0].?sku.orValue("") == "A"',
    'event["total"] > 1',
    'event.day == date("2026-12-31") || event.day < date(now)',
    'event.at > now - duration("24h") && now - event.at < duration("1h30m")',
    'event.at == timestamp("2026-01-01T00:00:00Z")',
    'now.getHours("Asia/Tokyo") < 12',
    'consents("email", "marketing")',
    'string(event.pieces) == "1" && double(event.pieces) > 0.5 && int(event.total) > 1',
    'event.cart_id.lowerAscii().startsWith("a") && event.cart_id.size() > 2',
    'event.items.exists(i, did("order_completed", "1 day", event.order_id == i.sku))',
    'true // a note',
  ])('%s', (text) => {
    expect(problems(text)).toEqual([]);
    expect(cel(text)).toBe(text);
  });
});

describe('an integer literal is read as a number where it stands for one', () => {
  test.each([
    ['customer.?score.orValue(0) / 2 > 1', 'customer.?score.orValue(0.0) / 2 > 1'],
    ['customer.?score.orValue(-1) > 0', 'customer.?score.orValue(-1.0) > 0'],
    ['(has(customer.score) ? customer.score : 1) > 2', '(has(customer.score) ? customer.score : 1.0) > 2'],
    ['event.total * (1/2) > 3', 'event.total * (1.0/2.0) > 3'],
    ['event.total in [1, 12]', 'event.total in [1.0, 12.0]'],
    ['1 in event.prices && event.total == -1', '1.0 in event.prices && event.total == -1'],
    ['event.total in [1, 2.5, 0x10]', 'event.total in [1.0, 2.5, 16.0]'],
    ['(true ? event.prices : [1]) == [2]', '(true ? event.prices : [1.0]) == [2.0]'],
    ['customer.?visits.orValue(0) > 1', 'customer.?visits.orValue(0) > 1'],
  ])('%s', (text, written) => expect(cel(text)).toBe(written));
});

describe('what may be missing is refused bare', () => {
  const advice = (name: string, withDefault: string) =>
    `${name} | ${name} may be missing. test it first: has(${name}) && …, or give it a default: ${withDefault} [may-be-missing]`;

  test.each([
    ['customer.tier == "gold"', [advice('customer.tier', 'customer.?tier.orValue("")')]],
    ['has(customer.tier) || customer.tier == "gold"', [advice('customer.tier', 'customer.?tier.orValue("")')]],
    ['!has(customer.tier) && customer.tier == "gold"', [advice('customer.tier', 'customer.?tier.orValue("")')]],
    ['has(customer.tier) ? true : customer.tier == "x"', [advice('customer.tier', 'customer.?tier.orValue("")')]],
    ['customer.visits > 1', [advice('customer.visits', 'customer.?visits.orValue(0)')]],
    ['(has(customer.vip) || true) && customer.vip', [advice('customer.vip', 'customer.?vip.orValue(false)')]],
    ['has(customer.email) && customer.vip', [advice('customer.vip', 'customer.?vip.orValue(false)')]],
    ['event.items.exists(i, i.gift)', [advice('i.gift', 'i.?gift.orValue(false)')]],
    [
      'event.items.exists(i, has(i.gift)) && event.items.exists(i, i.gift)',
      [advice('i.gift', 'i.?gift.orValue(false)')],
    ],
    [
      'has(customer.address) && customer.address.city == "x"',
      [advice('customer.address.city', 'customer.address.?city.orValue("")')],
    ],
    ['has(customer.address.city)', [advice('customer.address', 'customer.?address.orValue(…)')]],
    ['entry.cart_id == "k"', [advice('entry.cart_id', 'entry.?cart_id.orValue("")')]],
    [
      'has(entry.cart_id) && did("order_completed", "1 day", event.cart_id == "k")',
      [advice('event.cart_id', 'event.?cart_id.orValue("")')],
    ],
    ['customer.tier == "a" || customer.tier == "b"', [advice('customer.tier', 'customer.?tier.orValue("")')]],
    [
      'customer.?tier == "gold"',
      ['customer.?tier | customer.?tier may be missing. give it a default: customer.?tier.orValue(…) [may-be-missing]'],
    ],
    [
      'event.items[0].sku == "A"',
      [
        'event.items[0] | event.items[0] may be missing: the list may be shorter. write event.items[?0], and a default behind it with .orValue(…) [may-be-missing]',
      ],
    ],
    [
      'last("order_completed", "1 day")',
      [
        'last("order_completed", "1 day") | last("order_completed", "1 day") may be missing. ask for one of its properties, with a default: last(…).?total.orValue(0), or whether it happened: did(…) [may-be-missing]',
      ],
    ],
  ])('%s', (text, expected) => expect(problems(text)).toEqual(expected));

  test.each([
    'has(customer.tier) && customer.tier == "gold"',
    '!has(customer.tier) || customer.tier == "gold"',
    '!(has(customer.tier) && customer.tier == "x") || customer.tier == "x"',
    'has(customer.tier) ? customer.tier == "gold" : false',
    '!has(customer.tier) ? true : customer.tier == "gold"',
    '(has(customer.tier) ? true : false) && customer.tier == "gold"',
    '(has(customer.tier) && has(customer.vip)) && (customer.vip || customer.tier == "a")',
    '!(!has(customer.tier) || !has(customer.vip)) && customer.vip && customer.tier == "a"',
    '(has(customer.tier) && true || has(customer.tier)) && customer.tier == "a"',
    'customer.?tier.hasValue() && customer.tier == "gold"',
    'customer.?tier.orValue("x") == "gold"',
    'has(customer.address) && has(customer.address.city) && customer.address.city == "x"',
    'has(customer.address) && customer.address.zip == "1"',
    'customer.?address.city.orValue("") == "" && customer.?address.?zip.orValue("") == ""',
    'event.items.all(i, has(i.gift) && i.gift)',
    'has(customer.tags) && customer.tags.exists(t, t == "a")',
    'last("order_completed", "1 day").?total.orValue(0) > 1 || last("order_completed", "1 day").cart_id.orValue("") == "k"',
    'has(customer.tier) && customer["tier"] == "x"',
  ])('passes: %s', (text) => expect(problems(text)).toEqual([]));
});

test('what was tested of the event in hand is not known of a past one', () => {
  const inHand = { ...scope, event: ['order_completed'] };
  expect(problems('has(event.cart_id) && did("order_completed", "1 day", event.cart_id == "k")', inHand)).toHaveLength(
    1,
  );
  expect(problems('has(event.cart_id) && event.cart_id == "k"', inHand)).toEqual([]);
});

describe('unknown names are all reported, with the nearest', () => {
  test.each([
    [
      'did("ordr_completed", "30 days")',
      ['"ordr_completed" | unknown event "ordr_completed". did you mean "order_completed"? [unknown-event]'],
    ],
    [
      'has(customer.teir) && event.totl > 1 && foo',
      [
        'teir | unknown trait "teir". did you mean "tier"? [unknown-trait]',
        'totl | unknown property "totl" of "cart_updated". did you mean "total"? [unknown-property]',
        'foo | unknown name "foo" [unknown-name]',
      ],
    ],
    [
      'event.items.exists(i, i.skuu == "x")',
      ['skuu | unknown property "skuu" of event.items. did you mean "sku"? [unknown-property]'],
    ],
    [
      'has(customer.address) && customer.address.town == "x"',
      ['town | unknown property "town" of customer.address [unknown-property]'],
    ],
    [
      'did("order_completed", "1 day", event.pieces > 1)',
      ['pieces | unknown property "pieces" of "order_completed" [unknown-property]'],
    ],
    [
      'did("cart_viewed", "1 day", event.page == "x")',
      ['page | "cart_viewed" declares no properties. declare them in events.yaml [unknown-property]'],
    ],
    [
      'entry.pieces > 1',
      ['pieces | "pieces" is no property that cart_updated, order_completed share [unknown-property]'],
    ],
    ['tier == "gold"', ['tier | unknown name "tier". did you mean "customer.tier"? [unknown-name]']],
    ['costumer.tier == "x"', ['costumer | unknown name "costumer". did you mean "customer"? [unknown-name]']],
    [
      'did(order_completed, "1 day")',
      ['order_completed | the name of an event stands here in quotes. put it in quotes: "order_completed" [type]'],
    ],
    [
      'consents("emial", "marketng")',
      [
        '"emial" | unknown channel "emial". did you mean "email"? [unknown-channel]',
        '"marketng" | unknown purpose "marketng". did you mean "marketing"? [unknown-purpose]',
      ],
    ],
    ['consents("line", "marketing")', ['"line" | unknown channel "line". there is: email, push [unknown-channel]']],
    [
      'cuont("order_completed", "1 day") > 1',
      ['cuont | unknown function "cuont". did you mean "count"? [unknown-function]'],
    ],
    [
      'event.cart_id.startWith("a")',
      ['startWith | unknown function "startWith". did you mean "startsWith"? [unknown-function]'],
    ],
    [
      'contains(event.cart_id, "x")',
      ['contains | contains() stands behind a value. write value.contains(…) [unknown-function]'],
    ],
  ])('%s', (text, expected) => expect(problems(text)).toEqual(expected));

  test('an event or entry where there is none says so', () => {
    const atEntry = { ...scope, entry: undefined };
    const inStep = { ...scope, event: undefined };
    expect(problems('entry.total > latest.total', atEntry)).toEqual([
      'entry | there is no "entry" here: nobody has entered yet [unknown-name]',
      'latest | there is no "latest" here: nobody has entered yet [unknown-name]',
    ]);
    expect(problems('event.total > 1', inStep)).toEqual([
      'event | there is no "event" here. "entry" is the event that opened the enrollment, "latest" the newest with its name [unknown-name]',
    ]);
  });
});

describe('types that do not go together', () => {
  test.each([
    [
      'event.total > "1"',
      'event.total > "1" | ">" cannot stand between event.total (number) and "1" (string). numbers stand without quotes [type]',
    ],
    [
      'event.cart_id == 3',
      'event.cart_id == 3 | "==" cannot stand between event.cart_id (string) and 3 (int). text stands in quotes: "3" [type]',
    ],
    [
      'event.day == "2026-01-01"',
      'event.day == "2026-01-01" | "==" cannot stand between event.day (date) and "2026-01-01" (string). write the day as date("2026-01-01") [type]',
    ],
    [
      'event.at > date("2026-01-01")',
      'event.at > date("2026-01-01") | ">" cannot stand between event.at (time) and date("2026-01-01") (date). make the moment a day: date(…) [type]',
    ],
    [
      'duration("1h") + now > now',
      'duration("1h") + now | "+" cannot stand between duration("1h") (duration) and now (time). write now + duration("1h") [type]',
    ],
    [
      'event.items == event.items',
      'event.items == event.items | "==" cannot stand between event.items ([map]) and event.items ([map]) [type]',
    ],
    [
      'event.pieces in event.prices',
      'event.pieces in event.prices | "in" cannot stand between event.pieces (int) and event.prices ([number]). make the int a number: double(…) [type]',
    ],
    [
      'event.tags.contains("a")',
      'event.tags | contains() is for strings, but this is event.tags ([string]). write "a" in event.tags [type]',
    ],
    ['event.total && true', 'event.total | "&&" needs true or false, but event.total (number) is neither [type]'],
    [
      'event.items.all(i, i.quantity)',
      'i.quantity | all() needs true or false, but i.quantity (int) is neither [type]',
    ],
    ['event.total', 'event.total | a condition is true or false, but this is event.total (number) [type]'],
    ['"yes"', '"yes" | a condition is true or false, but this is "yes" (string) [type]'],
    [
      'customer.?visits.orValue(0.5) > 1',
      '0.5 | the default must be of the type of customer.?visits (int), but 0.5 (number) is not [type]',
    ],
    [
      '(true ? event.pieces : event.total) > 1',
      'true ? event.pieces : event.total | both sides of ":" need one type, but event.pieces (int) and event.total (number) differ. make the int a number: double(…) [type]',
    ],
    [
      'event.total.orValue(1) > 2',
      'event.total.orValue(1) | event.total cannot be missing here. leave .orValue(…) out [type]',
    ],
    ['event.total.unit == "x"', 'event.total.unit | event.total (number) has no properties [type]'],
    ['[1, "a"] == [1]', '"a" | a list holds one type: int, but this is string [type]'],
    [
      'event.cart_id == null',
      'null | nothing is ever null here: what has no value is missing. test with has(…) [type]',
    ],
    ['event.pieces > 99999999999999999999', '99999999999999999999 | 99999999999999999999 is too large a number [type]'],
    [
      'event.at > now - duration("1 day")',
      '"1 day" | "1 day" is no duration. write for example duration("36h") [type]',
    ],
    [
      'event.day == date("2026-02-30")',
      '"2026-02-30" | "2026-02-30" is no date. write for example date("2026-12-31") [type]',
    ],
    [
      'event.at == timestamp("2026-01-01")',
      '"2026-01-01" | "2026-01-01" is no timestamp. write for example timestamp("2026-12-31T09:00:00Z") [type]',
    ],
    ['now.getHours("Tokyo") > 1', '"Tokyo" | a time zone stands here in quotes. write for example "Asia/Tokyo" [type]'],
    ['has(event)', 'event | has(…) takes the name of a trait or property. write for example has(customer.tier) [type]'],
    ['did("order_completed")', 'did("order_completed") | did() takes 2 or 3 arguments, not 1 [type]'],
    [
      'did("order_completed", "30 dayz")',
      '"30 dayz" | "30 dayz" is no length of time. write for example "30 days" [length]',
    ],
    [
      'did("order_completed", "1 day", event.total)',
      'event.total | did() needs true or false, but event.total (number) is neither [type]',
    ],
    [
      'event.items.exists(event, true)',
      'event | "event" has a meaning already. give one item another name, such as "item" [name]',
    ],
  ])('%s', (text, expected) => expect(problems(text)).toEqual([expected]));
});

describe('what conditions do not have', () => {
  test.each([
    ['event.cart_id.matches("(a+)+")', 'matches | matches() is not supported yet [unsupported]'],
    [
      'vars.x == 1',
      'vars | there is no "vars" here. a step of a journey that saves what a webhook answers can look at it [unknown-name]',
    ],
    [
      'answer == "x"',
      'answer | there is no "answer" here. a step of a journey with an "ask" can look at it [unknown-name]',
    ],
    ['1u == 1u', '1u | 1u cannot be used in a condition [unsupported]'],
    ['{"a": 1} == {"a": 1}', '{"a": 1} | a map cannot be written in a condition [unsupported]'],
    [
      'event.items.all(a, event.items.all(b, event.items.all(c, true)))',
      'event.items.all(c, true) | all() inside two others is not supported [unsupported]',
    ],
  ])('%s', (text, expected) => expect(problems(text)).toEqual([expected]));
});

describe('a text that does not parse', () => {
  test.each([
    ['customer.tier = "x"', '= | this is no condition from here on: =. write == to compare [syntax]'],
    ['true and false', 'and | this is no condition from here on: and. write && for "and" [syntax]'],
    ['true & false', '& | this is no condition from here on: &. write && for "and" [syntax]'],
    ['“x” == "x"', '“ | this is no condition from here on: “. use straight quotes: "text" [syntax]'],
    ['event.total >', ' | the condition ends too early [syntax]'],
    ['', ' | the condition is empty [syntax]'],
    ['"abc == 1', '"abc == 1 | a text begins here and does not end: its closing quote is missing [syntax]'],
    ['event.items.exists(1, true)', '1 | a name for one item stands here, as in items.exists(item, …) [syntax]'],
    ['let == 1', 'let | "let" is a word that CEL keeps for itself [syntax]'],
  ])('%s', (text, expected) => expect(problems(text)).toEqual([expected]));

  test.each([
    '('.repeat(5000),
    '['.repeat(100),
    'x'.repeat(5000),
    '!'.repeat(1999),
    'a.'.repeat(900),
    '\u0000',
    '\ud800',
  ])('and is hostile gives one problem inside the text (%#)', (text) => {
    const found = checkCondition(text, scope).problems;
    expect(found).toHaveLength(1);
    expect(found[0]!.start).toBeLessThanOrEqual(text.length);
    expect(found[0]!.end).toBeLessThanOrEqual(Math.max(text.length, found[0]!.start));
  });
});

describe('the plan learns', () => {
  test('which history a condition reads, with the longest window', () => {
    const text =
      'did("order_completed", "1 day") || count("cart_viewed", "2 weeks") > 1 || last("order_completed", "30 days", did("cart_updated", "1h")).?total.orValue(0) > 1';
    expect(checkCondition(text, scope).condition?.history).toEqual([
      { event: 'cart_updated', windowMs: 3_600_000 },
      { event: 'cart_viewed', windowMs: 1_209_600_000 },
      { event: 'order_completed', windowMs: 2_592_000_000 },
    ]);
  });

  test('which events are in hand, and none where there is none', () => {
    expect(checkCondition('true', scope).condition).toEqual({ cel: 'true', event: ['cart_updated'], history: [] });
    expect(checkCondition('true', { ...scope, event: undefined }).condition).toEqual({ cel: 'true', history: [] });
  });
});
