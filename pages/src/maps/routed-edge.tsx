// A way between two steps, drawn where the layout put it: around the steps in between.
import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react';
import type { Point } from './journey-map.ts';

type Routed = Edge<{ points: Point[]; middle: Point }, 'routed'>;

export function RoutedEdge({ data, label, markerEnd, style }: EdgeProps<Routed>) {
  if (!data) return null;
  const { points, middle } = data;
  return (
    <BaseEdge
      path={smooth(points)}
      {...(label && { label, labelX: middle.x, labelY: middle.y, labelBgPadding: [4, 2] as [number, number] })}
      {...(markerEnd && { markerEnd })}
      {...(style && { style })}
    />
  );
}

/** Through the middles, bent towards each corner, so that nothing has an edge. */
function smooth(points: Point[]): string {
  const [first, ...rest] = points;
  if (!first || rest.length === 0) return '';
  const last = rest.at(-1)!;
  const bends = rest.slice(0, -1).map((point, index) => {
    const next =
      index === rest.length - 2
        ? last
        : { x: (point.x + rest[index + 1]!.x) / 2, y: (point.y + rest[index + 1]!.y) / 2 };
    return `Q ${point.x} ${point.y} ${next.x} ${next.y}`;
  });
  return bends.length > 0
    ? `M ${first.x} ${first.y} ${bends.join(' ')}`
    : `M ${first.x} ${first.y} L ${last.x} ${last.y}`;
}
