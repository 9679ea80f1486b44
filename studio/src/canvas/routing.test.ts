import { expect, test } from 'vitest';
import { backRoute, roundedPath, type Box } from './routing';

const card = (x: number, y: number): Box => ({ x, y, width: 236, height: 120 });

/** Whether a stretch of the way leads through a card. */
function crosses(points: { x: number; y: number }[], { x, y, width, height }: Box): boolean {
  return points.some((a, index) => {
    const b = points[index + 1];
    return b !== undefined && Math.max(a.x, b.x) > x && Math.min(a.x, b.x) < x + width && Math.max(a.y, b.y) > y && Math.min(a.y, b.y) < y + height;
  });
}

test('the way back to a loop passes below every card of its body', () => {
  const cards = [card(0, 0), card(312, 0), card(624, 80), card(936, 0)];
  const points = backRoute({ x: 1172, y: 100 }, { x: 0, y: 100 }, cards);
  expect(points[2]?.y).toBeGreaterThan(200);
  expect(cards.filter((box) => crosses(points, box))).toEqual([]);
});

test.each([
  ['below the last card', card(700, 200)],
  ['below the loop', card(-120, 180)],
  ['in the first lane', card(300, 210)],
])('a card %s is passed too', (_, other) => {
  const cards = [card(0, 0), card(600, 0), other];
  const points = backRoute({ x: 836, y: 100 }, { x: 0, y: 100 }, cards);
  expect(cards.filter((box) => crosses(points, box))).toEqual([]);
});

test('cards out of the way move nothing', () => {
  const cards = [card(0, 0), card(312, 0)];
  const points = backRoute({ x: 548, y: 100 }, { x: 0, y: 100 }, cards);
  expect(backRoute({ x: 548, y: 100 }, { x: 0, y: 100 }, [...cards, card(312, 900), card(1500, 0)])).toEqual(points);
});

test('corners are round, and tighter where there is no room', () => {
  const corner = [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 8 }]; // prettier-ignore
  expect(roundedPath(corner)).toBe('M0,0L88,0Q100,0 100,4L100,8');
});
