import { useState } from 'react';

/** The text that a person types for a value. It is kept as typed until the value changes from elsewhere (undo, another node). */
export function useEdited<V, E>(value: V, open: (value: V) => E): [edit: E, keep: (edit: E, value: V) => void] {
  const [state, setState] = useState(() => ({ value, edit: open(value) }));
  if (!Object.is(value, state.value)) {
    const next = { value, edit: open(value) };
    setState(next);
    return [next.edit, (edit, own) => setState({ edit, value: own })];
  }
  return [state.edit, (edit, own) => setState({ edit, value: own })];
}
