// A journey drawn: its steps from above to below, the place marked, and the same once more as a list to be read out.
import '@xyflow/react/dist/style.css';
import './map-picture.css';
import { Anchor, List } from '@mantine/core';
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
import { useId, useMemo } from 'react';
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
  return (
    <>
      <figure className="map" style={{ height }} aria-label={words.map.label(name)}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          edgeTypes={edgeTypes}
          onInit={(flow) => void aim(flow, laid, height, marks.here)}
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
