// What stands on the map of a journey.
import type { MappedStep, Way } from '../maps/journey-map.ts';

const lengths = (names: { day: string; hour: string; minute: string }) => (ms: number) => {
  const minutes = Math.round(ms / 60_000);
  if (minutes % 1440 === 0) return `${minutes / 1440}${names.day}`;
  return minutes % 60 === 0 ? `${minutes / 60}${names.hour}` : `${minutes}${names.minute}`;
};
const inEnglish = lengths({ day: ' d', hour: ' h', minute: ' min' });
const inJapanese = lengths({ day: '日', hour: '時間', minute: '分' });

const en = {
  map: {
    label: (journey: string) => `Map of ${journey}`,
    asList: 'The map as a list',
    keys: 'Arrow keys move it, plus and minus zoom, 0 shows all of it; below it stands as a list.',
    toStep: 'Go to step',
    entry: 'Enters',
    end: 'End of the journey',
    here: 'Here now',
    been: 'Been here',
    waiting: (count: number) => `${count} here`,
    otherwise: 'otherwise',
    step(step: MappedStep): string {
      const length = step.ms === null ? '' : inEnglish(step.ms);
      const about = step.about ?? '';
      const by = step.by.join(', ');
      const kinds: { [kind: string]: string } = {
        send: `Send ${step.message} by ${by}${about && `, if ${about}`}`,
        ask: `Ask ${step.message ?? ''} by ${by}`,
        choose: 'Choose',
        exit: `Leave: ${about}`,
        set: `Set ${about}`,
        webhook: `Tell ${about}`,
        audience: `Audience: ${about}`,
        handoff: `Call a person: ${about}${length && `, at most ${length}`}`,
        wait:
          {
            length: `Wait ${length}`,
            at: `Wait until ${about}`,
            until: `Wait until ${about}`,
            event: `Wait for an event${length && `, at most ${length}`}`,
            if: `Wait until ${about}${length && `, at most ${length}`}`,
            until_no: `Wait until ${length} without ${about}`,
          }[step.form ?? ''] ?? 'Wait',
      };
      return kinds[step.kind] ?? `${step.kind} ${about}`.trim();
    },
    way(when: Way['when']): string {
      if (when.kind === 'if') return when.cel;
      if (when.kind === 'on') return when.events.join(' / ');
      return when.kind === 'else' ? 'otherwise' : '';
    },
    controls: {
      'controls.ariaLabel': 'View of the map',
      'controls.zoomIn.ariaLabel': 'Larger',
      'controls.zoomOut.ariaLabel': 'Smaller',
      'controls.fitView.ariaLabel': 'All of it',
    },
    leads: (way: string, to: string) => (way ? `${way} → ${to}` : `→ ${to}`),
  },
};

const ja: typeof en = {
  map: {
    label: (journey) => `${journey}の図`,
    asList: '図を一覧で読む',
    keys: '矢印キーで移動、プラスとマイナスで拡大・縮小、0で全体を表示します。下に一覧もあります。',
    toStep: 'ステップへ移動',
    entry: '参加',
    end: 'ジャーニーの終わり',
    here: '現在地',
    been: '通過',
    waiting: (count) => `${count}名`,
    otherwise: 'それ以外',
    step(step) {
      const length = step.ms === null ? '' : inJapanese(step.ms);
      const about = step.about ?? '';
      const by = step.by.join('・');
      const kinds: { [kind: string]: string } = {
        send: `${step.message}を送信（${by}）${about && `条件: ${about}`}`,
        ask: `${step.message ?? ''}を質問（${by}）`,
        choose: '分岐',
        exit: `終了: ${about}`,
        set: `属性を設定: ${about}`,
        webhook: `${about}に知らせる`,
        audience: `オーディエンス: ${about}`,
        handoff: `担当者に引き継ぐ: ${about}${length && `（最長${length}）`}`,
        wait:
          {
            length: `${length}待つ`,
            at: `${about}まで待つ`,
            until: `${about}まで待つ`,
            event: `イベントを待つ${length && `（最長${length}）`}`,
            if: `${about}を待つ${length && `（最長${length}）`}`,
            until_no: `${about}が${length}途絶えるまで待つ`,
          }[step.form ?? ''] ?? '待つ',
      };
      return kinds[step.kind] ?? `${step.kind} ${about}`.trim();
    },
    way(when) {
      if (when.kind === 'if') return when.cel;
      if (when.kind === 'on') return when.events.join('・');
      return when.kind === 'else' ? 'それ以外' : '';
    },
    controls: {
      'controls.ariaLabel': '図の表示',
      'controls.zoomIn.ariaLabel': '拡大',
      'controls.zoomOut.ariaLabel': '縮小',
      'controls.fitView.ariaLabel': '全体を表示',
    },
    leads: (way, to) => (way ? `${way} → ${to}` : `→ ${to}`),
  },
};

export const map = { en, ja };
