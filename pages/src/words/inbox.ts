// What the agents' inbox says.
import { actorInJapanese } from '../../../engine/core/sentences.ts';

const en = {
  inbox: {
    title: 'Inbox',
    lead: 'Customers for whom a person is wanted, the longest waiting first.',
    open: 'Open',
    resolved: 'Resolved',
    nobodyOpen: 'Nobody is waiting.',
    nobodyResolved: 'Nothing was resolved yet.',
    back: 'To the list',
    choose: 'Choose a conversation from the list.',
    called: (name: string) => name,
    visitor: 'A visitor',
    queue: (queue: string) => `for ${queue}`,
    asked: 'The customer asked for a person.',
    handedOver: (journey: string) => `Handed over by ${journey}`,
    waiting: 'Waiting since',
    by: (who: string) => `Resolved by ${who}`,
    agent: (who: string) => who,
    customer: 'The customer’s page',
    said: 'What was said',
    nothingSaid: 'Nothing was said yet.',
    who: {
      customer: 'Customer',
      agent: 'A person of the shop',
      journey: 'Journey',
      faq: 'Answer from the FAQ',
      model: 'Answer by the model',
    } as { [from: string]: string },
    story: 'The story so far',
    reply: 'Reply',
    replyTo: (channel: string) => `Your reply, by ${channel}`,
    notSent: 'LINE did not take this reply',
    resolve: {
      label: 'Resolve',
      title: 'Resolve this conversation?',
      says: 'It leaves the inbox. A journey that waits for it goes on.',
    },
  },
};

const ja: typeof en = {
  inbox: {
    title: '受信箱',
    lead: '担当者をお待ちのお客様です。お待たせしている順に並んでいます。',
    open: '対応中',
    resolved: '対応済み',
    nobodyOpen: 'お待ちのお客様はいません。',
    nobodyResolved: '対応済みのものはまだありません。',
    back: '一覧へ',
    choose: '一覧から会話を選んでください。',
    called: (name) => `${name} 様`,
    visitor: '訪問者',
    queue: (queue) => `担当: ${queue}`,
    asked: 'お客様が担当者を希望されました。',
    handedOver: (journey) => `${journey} から引き継ぎ`,
    waiting: '開始',
    by: (who) => `対応: ${actorInJapanese(who)}`,
    agent: actorInJapanese,
    customer: 'お客様のページ',
    said: 'やりとり',
    nothingSaid: 'やりとりはまだありません。',
    who: {
      customer: 'お客様',
      agent: '担当者',
      journey: 'ジャーニー',
      faq: 'FAQによる回答',
      model: 'モデルによる回答',
    },
    story: 'これまでの経緯',
    reply: '返信',
    replyTo: (channel) => `返信（${channel}）`,
    notSent: 'LINEがこの返信を受け付けませんでした',
    resolve: {
      label: '対応済みにする',
      title: 'この会話を対応済みにしますか？',
      says: '受信箱から消えます。待っているジャーニーは先へ進みます。',
    },
  },
};

export const inbox = { en, ja };
