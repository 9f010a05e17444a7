// A journey drawn: its steps from above to below, the place marked, and the same once more as a list to be read out.
import '@xyflow/react/dist/style.css';
import './map-picture.css';
import { Anchor, List, NativeSelect } from '@mantine/core';
import {
  Background,
  Controls,
  type Edge,
  MarkerType,
  type Node,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react';
import { useId, useMemo, useRef } from 'react';
import { useWords, type Words } from '../words/words.tsx';
import { end, entry, type JourneyMap, type MappedStep, type Placed, placed, size } from './journey-map.ts';
import { RoutedEdge } from './routed-edge.tsx';

const edgeTypes = { routed: RoutedEdge };

export interface MapMarks {
  /** Where the customer stands. */
  here?: string | null;
  visited?: string[];
  /** How many people stand at a step. */
  waiting?: { [step: string]: number };
}

interface MapProps extends MapMarks {
  name: string;
  map: JourneyMap;
  /** How high it may become, in pixels. */
  most?: number;
}

export default function MapPicture({ name, map, most = 600, ...marks }: MapProps) {
  const words = useWords();
  const laid = useMemo(() => placed(map, (when) => shortened(words.map.way(when))), [map, words]);
  const { nodes, edges } = drawn(laid, words, marks);
  const height = Math.min(most, Math.max(...laid.places.map(({ y }) => y)) + size.height + 60);
  const flow = useRef<ReactFlowInstance | null>(null);
  const opened = (one: ReactFlowInstance) => {
    flow.current = one;
    void aim(one, laid, height, marks.here);
  };
  return (
    <>
      {map.steps.length > many && (
        <ToStep map={map} onChoose={(id) => flow.current && void show(flow.current, laid, id)} />
      )}
      <figure
        className="map"
        style={{ height }}
        aria-label={`${words.map.label(name)}. ${words.map.keys}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be moved by the mouse is moved by keys
        tabIndex={0}
        onKeyDown={(event) => flow.current && isMoved(flow.current, event.key) && event.preventDefault()}
      >
        <ReactFlow
          nodes={nodes}
          edges={edges}
          edgeTypes={edgeTypes}
          onInit={opened}
          ariaLabelConfig={words.map.controls}
          minZoom={0.1}
          nodesDraggable={false}
          nodesConnectable={false}
          elementsSelectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          zoomOnScroll={false}
          preventScrolling={false}
          onlyRenderVisibleElements
          proOptions={{ hideAttribution: true }}
        >
          <Background />
          <Controls showInteractive={false} />
        </ReactFlow>
      </figure>
      <MapList map={map} {...marks} />
    </>
  );
}

/** All of it where that can be read; else the place, or the beginning. */
async function aim(
  flow: ReactFlowInstance,
  { places }: Placed,
  height: number,
  here: string | null | undefined,
): Promise<void> {
  await flow.fitView({ maxZoom: 1, minZoom: readable, padding: 0.08 });
  const [first] = places;
  const place = places.find(({ id }) => id === here) ?? first;
  if (flow.getZoom() > readable || !place || !first) return;
  const highest = first.y + (height / 2 - 20) / readable;
  await flow.setCenter(place.x + size.width / 2, Math.max(highest, place.y + size.height / 2), { zoom: readable });
}

const readable = 0.8;

/** More steps than one finds at a glance. */
const many = 25;

/** Puts one step into the middle, large enough to be read. */
async function show(flow: ReactFlowInstance, { places }: Placed, id: string): Promise<void> {
  const place = places.find((one) => one.id === id);
  if (place) await flow.setCenter(place.x + size.width / 2, place.y + size.height / 2, { zoom: 1 });
}

const stride = 80;
const strides: { [key: string]: [x: number, y: number] } = {
  ArrowUp: [0, stride],
  ArrowDown: [0, -stride],
  ArrowLeft: [stride, 0],
  ArrowRight: [-stride, 0],
};

/** Arrows move the map, + and - make it larger and smaller, 0 shows all of it. True: it was such a key. */
function isMoved(flow: ReactFlowInstance, key: string): boolean {
  const way = strides[key];
  const { x, y, zoom } = flow.getViewport();
  if (way) void flow.setViewport({ x: x + way[0], y: y + way[1], zoom });
  else if (key === '+' || key === '=') void flow.zoomIn();
  else if (key === '-') void flow.zoomOut();
  else if (key === '0') void flow.fitView();
  else return false;
  return true;
}

function ToStep({ map, onChoose }: { map: JourneyMap; onChoose: (id: string) => void }) {
  const { map: words } = useWords();
  return (
    <NativeSelect
      size="xs"
      maw={320}
      label={words.toStep}
      onChange={(event) => onChoose(event.currentTarget.value)}
      data={[{ value: entry, label: words.entry }, ...map.steps.map(({ id }) => ({ value: id, label: id }))]}
    />
  );
}

function drawn({ places, ways }: Placed, words: Words, marks: MapMarks): { nodes: Node[]; edges: Edge[] } {
  const visited = new Set(marks.visited);
  const nodes = places.map(({ id, step, x, y }) => ({
    id,
    position: { x, y },
    width: size.width,
    height: size.height,
    sourcePosition: Position.Bottom,
    targetPosition: Position.Top,
    className: ['place', step?.kind ?? 'edge', id === marks.here ? 'here' : '', visited.has(id) ? 'been' : ''].join(
      ' ',
    ),
    data: { label: nameOf(id, step, words, marks) },
    ...(id === entry && { type: 'input' }),
    ...(id === end && { type: 'output' }),
  }));
  const edges = ways.map(({ id, from, to, label, points, middle }) => ({
    id,
    source: from,
    target: to,
    type: 'routed',
    data: { points, middle },
    label,
    markerEnd: { type: MarkerType.ArrowClosed },
    className: (from === entry || visited.has(from)) && (visited.has(to) || to === marks.here) ? 'been' : '',
  }));
  return { nodes, edges };
}

function nameOf(id: string, step: MappedStep | null, words: Words, { here, waiting = {} }: MapMarks): string {
  const name = step ? words.map.step(step) : id === entry ? words.map.entry : words.map.end;
  const marks = [id === here ? words.map.here : '', waiting[id] ? words.map.waiting(waiting[id]) : ''].filter(Boolean);
  return [shortened(name, 60), ...marks].join(' · ');
}

function shortened(text: string, most = 28): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function MapList({ map, here, visited = [], waiting = {} }: { map: JourneyMap } & MapMarks) {
  const { map: words } = useWords();
  // A page may show several maps, of one journey too.
  const own = useId();
  return (
    <details>
      <summary>{words.asList}</summary>
      <List type="ordered" size="sm" mt="xs">
        {map.steps.map((step) => (
          <List.Item key={step.id} id={`${own}-${step.id}`} aria-current={step.id === here ? 'step' : undefined}>
            <strong>{step.id}</strong>: {words.step(step)}
            {step.id === here && ` · ${words.here}`}
            {step.id !== here && visited.includes(step.id) && ` · ${words.been}`}
            {waiting[step.id] ? ` · ${words.waiting(waiting[step.id]!)}` : ''}
            <List size="sm">
              {step.ways.map(({ to, when }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: ways have no other name, and do not move
                <List.Item key={index}>
                  {to === null ? (
                    words.leads(words.way(when), words.end)
                  ) : (
                    <Anchor size="sm" href={`#${own}-${to}`}>
                      {words.leads(words.way(when), to)}
                    </Anchor>
                  )}
                </List.Item>
              ))}
            </List>
          </List.Item>
        ))}
      </List>
    </details>
  );
}
