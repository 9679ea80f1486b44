import { expect, test } from 'vitest';
import { historyOf, record, redo, settle, undo } from './history';
import { chain } from './samples';

const named = (name: string) => ({ ...chain, name });

test('undo and redo walk the same steps', () => {
  const history = record(record(historyOf(chain), named('b')), named('c'));
  expect(undo(undo(history)).present).toBe(chain);
  expect(redo(undo(history)).present.name).toBe('c');
});

test('typing into one field is one step', () => {
  const typed = ['n', 'na', 'nam'].reduce((history, text) => record(history, named(text), 'name'), historyOf(chain));
  expect(typed.present.name).toBe('nam');
  expect(undo(typed).present).toBe(chain);
});

test('a settled group ends: undo comes back to what was saved', () => {
  const saved = settle(record(historyOf(chain), named('saved'), 'name'));
  expect(undo(record(saved, named('later'), 'name')).present.name).toBe('saved');
});

test('a change after undo forgets the undone', () => {
  const history = record(undo(record(historyOf(chain), named('b'))), named('c'));
  expect(redo(history)).toBe(history);
});

test('at either end nothing happens', () => {
  const history = historyOf(chain);
  expect(undo(history)).toBe(history);
  expect(redo(history)).toBe(history);
  expect(record(history, chain)).toBe(history);
});

test('the past is bounded', () => {
  let history = historyOf(chain);
  for (let step = 0; step < 250; step += 1) history = record(history, named(String(step)));
  expect(history.past).toHaveLength(100);
});
