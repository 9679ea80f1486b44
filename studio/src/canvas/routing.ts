import type { Point } from './operations';

export interface Box extends Point {
  width: number;
  height: number;
}

const gap = 26;
const near = 10;

/**
 * The way of a line that leads backwards: out to the right, down below every card in between, and up again to its end on the left.
 * Each card in the way moves one stretch of it outwards, so it crosses none.
 */
export function backRoute(from: Point, to: Point, cards: readonly Box[]): Point[] {
  let [left, right, lane] = [to.x - gap, from.x + gap, Math.max(from.y, to.y) + gap];
  for (let moved = true; moved; ) {
    moved = false;
    for (const card of cards) {
      const [end, bottom] = [card.x + card.width, card.y + card.height];
      const crossed = (x: number, y: number) => x > card.x - near && x < end + near && bottom > y && card.y < lane;
      if (left < end && right > card.x && lane > card.y - near && lane < bottom + near) lane = bottom + gap;
      else if (crossed(right, from.y)) right = end + gap;
      else if (crossed(left, to.y)) left = card.x - gap;
      else continue;
      moved = true;
    }
  }
  return [from, { x: right, y: from.y }, { x: right, y: lane }, { x: left, y: lane }, { x: left, y: to.y }, to];
}

/** An SVG path through points, with round corners. */
export function roundedPath(points: readonly Point[], radius = 12): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = rest.map((corner, index) => {
    const next = rest[index + 1];
    if (!next) return `L${corner.x},${corner.y}`;
    const [into, out] = [toward(corner, points[index] ?? first, radius), toward(corner, next, radius)];
    return `L${into.x},${into.y}Q${corner.x},${corner.y} ${out.x},${out.y}`;
  });
  return `M${first.x},${first.y}${parts.join('')}`;
}

/** The point at most `distance` away, and at most half the way to the other. */
function toward(point: Point, other: Point, distance: number): Point {
  const length = Math.hypot(other.x - point.x, other.y - point.y);
  const part = length === 0 ? 0 : Math.min(distance, length / 2) / length;
  return { x: point.x + (other.x - point.x) * part, y: point.y + (other.y - point.y) * part };
}
