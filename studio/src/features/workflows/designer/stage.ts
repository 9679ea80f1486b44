import type { ReactFlowInstance } from '@xyflow/react';
import type { Point } from '@/canvas/operations';

/** About the size of a node card. */
export const card = { width: 236, height: 120 };

/** The visible part of the canvas, in the coordinates of the graph: the place of a card in its middle, and whether it shows a card. */
export function stageOf(flow: ReactFlowInstance) {
  const box = document.getElementById('stage')?.getBoundingClientRect() ?? new DOMRect();
  const start = flow.screenToFlowPosition({ x: box.left, y: box.top });
  const end = flow.screenToFlowPosition({ x: box.right, y: box.bottom });
  return {
    middle: { x: (start.x + end.x - card.width) / 2, y: (start.y + end.y - card.height) / 2 },
    shows: ({ x, y }: Point) => x > start.x && y > start.y && x + card.width < end.x && y + card.height < end.y,
  };
}
