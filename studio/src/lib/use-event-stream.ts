import { useEffect, useEffectEvent, useState } from 'react';
import { api } from '@/api/client';

export type StreamState = 'connecting' | 'open' | 'lost' | 'ended';

interface StreamOptions {
  /** No address, no stream. */
  url: string | undefined;
  /** The last event already known; the server sends what came after it. */
  after: number | undefined;
  events: readonly string[];
  onEvent: (name: string, data: unknown) => void;
}

const longestPause = 15_000;

/**
 * Server-sent events that survive lost connections: each new connection starts after the last event seen.
 * The server's `end` closes the stream for good, except when the session must be renewed.
 */
export function useEventStream({ url, after, events, onEvent }: StreamOptions): StreamState {
  const [state, setState] = useState<StreamState>('connecting');
  const start = useEffectEvent(() => ({ last: after, events }));
  const receive = useEffectEvent(onEvent);

  useEffect(() => {
    if (!url) return;
    let { last } = start();
    let source: EventSource | undefined;
    let timer: number | undefined;
    let pause = 500;
    let closed = false;

    const open = () => {
      source = new EventSource(last === undefined ? url : `${url}?last_event_id=${last}`);
      source.onopen = () => {
        pause = 500;
        setState('open');
      };
      // The browser would retry with the address it was given; a new one names the event to resume after.
      source.onerror = () => {
        source?.close();
        setState('lost');
        timer = window.setTimeout(open, pause);
        pause = Math.min(pause * 2, longestPause);
      };
      source.addEventListener('end', (event: MessageEvent<string>) => {
        source?.close();
        const { reason } = JSON.parse(event.data) as { reason?: string };
        if (reason === 'token.expired') {
          void renew();
          return;
        }
        setState('ended');
        receive('end', undefined);
      });
      for (const name of start().events) {
        source.addEventListener(name, (event: MessageEvent<string>) => {
          if (event.lastEventId !== '') last = Number(event.lastEventId);
          receive(name, JSON.parse(event.data));
        });
      }
    };

    // Any call renews the session, if it can be; then the stream goes on where it was.
    const renew = async () => {
      setState('lost');
      const { response } = await api.GET('/api/v1/me').catch(() => ({ response: undefined }));
      if (closed) return;
      if (response === undefined || response.ok) timer = window.setTimeout(open, pause);
      else setState('ended');
    };

    open();
    return () => {
      closed = true;
      source?.close();
      window.clearTimeout(timer);
      setState('connecting');
    };
  }, [url]);

  return state;
}
