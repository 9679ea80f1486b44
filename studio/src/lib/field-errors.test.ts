import { expect, test, vi } from 'vitest';

vi.stubGlobal('window', { location: { origin: 'http://studio.test' } });
const { ApiError } = await import('@/api/client');
const { showFieldErrors, withoutFields } = await import('./field-errors');

const refused = new ApiError(400, 'VALIDATION_ERROR', 'No.', { errors: { name: ['Too long.', 'Not nice.'] } });
const conflict = new ApiError(409, 'CONFLICT', 'Taken.', { reason: 'slug.taken' });

test('what the API says about a field is shown beside it, and not a second time above', () => {
  const setErrors = vi.fn();
  showFieldErrors({ setErrors })(refused);
  expect(setErrors).toHaveBeenCalledWith({ name: 'Too long.' });
  expect(withoutFields(refused)).toBeNull();
});

test('what concerns no field is shown above', () => {
  expect(withoutFields(conflict)).toBe(conflict);
  expect(withoutFields(null)).toBeNull();
});
