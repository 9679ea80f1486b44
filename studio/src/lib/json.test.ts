import { expect, test } from 'vitest';
import { textOfValue, valueOfText } from './json';

test.each([['plain text'], ['{{ name }}'], [''], ['1'], ['true'], [1], [true], [null], [{ a: [1] }]])(
  'a value typed into one line comes back the same: %j',
  (value) => {
    expect(valueOfText(textOfValue(value))).toEqual(value);
  },
);

test('a number is a number and a quoted number is text', () => {
  expect(valueOfText('5')).toBe(5);
  expect(valueOfText('"5"')).toBe('5');
});
