import { useLocalStorage } from '@mantine/hooks';
import { isRecord, parseJson } from '@/lib/json';

/** The output that a node returns in a dry run instead of running. */
export interface Pin {
  output: unknown;
  /** The port it leaves by; the main one unless given. */
  port?: string;
}

export type Pins = Readonly<Record<string, Pin>>;

/** The pins of a workflow. They are this browser's: nobody else's tests change by them. */
export function usePins(workflowId: string, nodes: Readonly<Record<string, unknown>>) {
  const [kept, setPins] = useLocalStorage<Pins>({
    key: `saasflows.pins.${workflowId}`,
    defaultValue: {},
    getInitialValueInEffect: false,
    deserialize: pinsIn,
  });
  const pin = (id: string, value: Pin | undefined) => {
    setPins((before) => ({ ...without(before, (known) => known === id), ...(value && { [id]: value }) }));
  };
  // A removed node keeps its pin, in case it comes back; a dry-run would refuse it.
  return { pins: without(kept, (id) => !(id in nodes)), pin };
}

const without = (pins: Pins, gone: (id: string) => boolean): Pins => Object.fromEntries(Object.entries(pins).filter(([id]) => !gone(id)));

function pinsIn(text: string | undefined): Pins {
  const kept = parseJson(text ?? '{}');
  if (!kept.ok || !isRecord(kept.value)) return {};
  return Object.fromEntries(
    Object.entries(kept.value).filter((entry): entry is [string, Pin & Record<string, unknown>] => isRecord(entry[1]) && 'output' in entry[1]),
  );
}
