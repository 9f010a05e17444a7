// A journey's steps as the server tells them, and where each one is put in a picture.
import dagre from '@dagrejs/dagre';

export interface JourneyMap {
  first: string | null;
  steps: MappedStep[];
}

export interface MappedStep {
  id: string;
  kind: string;
  form: string | null;
  message: string | null;
  by: string[];
  ms: number | null;
  about: string | null;
  ways: Way[];
}

export interface Way {
  to: string | null;
  when: { kind: 'then' } | { kind: 'if'; cel: string } | { kind: 'on'; events: string[] } | { kind: 'else' };
}

/** The two places that are no steps; no step's id has a colon. */
export const entry = ':entry';
export const end = ':end';
export const size = { width: 240, height: 64 };

export interface Placed {
  places: { id: string; step: MappedStep | null; x: number; y: number }[];
  ways: PlacedWay[];
}

export interface PlacedWay {
  id: string;
  from: string;
  to: string;
  /** What stands on it. */
  label: string;
  /** Where it runs, around the steps between; and where its label is put. */
  points: Point[];
  middle: Point;
}

export interface Point {
  x: number;
  y: number;
}

/** Width of a letter of a label; Japanese ones are twice as wide. */
const letter = 6;

/** From above to below, as the file reads. `labelOf` says what leads to a step. */
export function placed({ first, steps }: JourneyMap, labelOf: (when: Way['when']) => string): Placed {
  const ways = [
    { id: entry, from: entry, to: first ?? end, when: { kind: 'then' } as Way['when'] },
    ...steps.flatMap((step) =>
      step.ways.map(({ to, when }, index) => ({ id: `${step.id}:${index}`, from: step.id, to: to ?? end, when })),
    ),
  ];
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 30, ranksep: 46 });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = [entry, ...steps.map(({ id }) => id), ...(ways.some(({ to }) => to === end) ? [end] : [])];
  for (const id of ids) graph.setNode(id, { ...size });
  for (const { id, from, to, when } of ways) {
    const label = labelOf(when);
    // Room is kept for what stands on a way.
    graph.setEdge(from, to, { label, ...(label && { width: widthOf(label), height: 16, labelpos: 'c' }) }, id);
  }
  dagre.layout(graph);
  const places = ids.map((id) => {
    const { x, y } = graph.node(id);
    const step = steps.find((one) => one.id === id) ?? null;
    return { id, step, x: x - size.width / 2, y: y - size.height / 2 };
  });
  const routed = ways.map(({ id, from, to }): PlacedWay => {
    const { label, points, x, y } = graph.edge({ v: from, w: to, name: id }) as unknown as Routed;
    return { id, from, to, label, points, middle: x === undefined ? points[0]! : { x, y: y! } };
  });
  return { places, ways: routed };
}

interface Routed {
  label: string;
  points: Point[];
  x?: number;
  y?: number;
}

function widthOf(label: string): number {
  return [...label].reduce((width, sign) => width + (sign > '\u2e80' ? 2 * letter : letter), letter);
}
