import { expect, test, vi } from 'vitest';

vi.stubGlobal('window', { location: { origin: 'http://localhost' } });
const { ApiError } = await import('@/api/client');
const { isPassing, isRefusal, isStale, rebased } = await import('./saving');

const answer = (status: number, reason?: string) => new ApiError(status, 'CODE', 'message', { reason });

test('a publish moves the base on only if nobody else saved in between', () => {
  const saved = { draft: 'mine', revision: 5 };
  expect(rebased(saved, 6)).toEqual({ draft: 'mine', revision: 6 });
  expect(rebased(saved, 7)).toBe(saved);
});

test('of all conflicts, one is about somebody else having saved', () => {
  expect(isStale(answer(409, 'workflow.stale'))).toBe(true);
  expect(isStale(answer(409, 'workflow.archived'))).toBe(false);
  expect(isStale(answer(409, 'request.lost_race'))).toBe(false);
});

test.each([answer(500), answer(503), answer(408), answer(429), answer(409, 'request.lost_race')])('$status $reason is tried again', (error) => {
  expect([isPassing(error), isRefusal(error)]).toEqual([true, false]);
});

test.each([answer(400), answer(403), answer(409, 'workflow.stale'), answer(409, 'workflow.archived')])(
  '$status $reason is not sent again as it was',
  (error) => {
    expect([isPassing(error), isRefusal(error)]).toEqual([false, true]);
  },
);

test.each([answer(0), answer(401), new Error('of ours'), null])('%s says nothing about the changes', (error) => {
  expect([isPassing(error), isRefusal(error)]).toEqual([false, false]);
});
