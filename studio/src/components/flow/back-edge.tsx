import { IconRepeat } from '@tabler/icons-react';
import { BaseEdge, EdgeLabelRenderer, useStore, type EdgeProps, type ReactFlowState } from '@xyflow/react';
import { backRoute, roundedPath, type Box } from '@/canvas/routing';
import classes from './flow-canvas.module.css';

/** The line from a loop's body back to its loop: below the cards, so that one sees what turns. */
export function BackEdge({ sourceX, sourceY, targetX, targetY, style, markerEnd }: EdgeProps) {
  const route = (state: ReactFlowState) => backRoute({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, boxesOf(state));
  const points = useStore(route, (before, after) => roundedPath(before) === roundedPath(after));
  const [, , right, left] = points;
  return (
    <>
      <BaseEdge path={roundedPath(points)} markerEnd={markerEnd} style={{ ...style, strokeDasharray: '7 5' }} />
      {left && right && (
        <EdgeLabelRenderer>
          <div
            className={classes.turn}
            style={{ transform: `translate(-50%, -50%) translate(${(left.x + right.x) / 2}px, ${left.y}px)` }}
            aria-hidden
            data-testid="back-edge"
          >
            <IconRepeat size={13} />
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

function boxesOf({ nodeLookup }: ReactFlowState): Box[] {
  return [...nodeLookup.values()].map(({ internals: { positionAbsolute }, measured: { width = 0, height = 0 } }) => ({
    ...positionAbsolute,
    width,
    height,
  }));
}
