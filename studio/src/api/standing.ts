import { signalOf } from '@/lib/signal';

/** The session has ended while a page was open: the page stays, and who was signed in signs in again over it. */
export const signedOut = signalOf(false);

/** The last request got no answer: the network or the server is away. */
export const unreachable = signalOf(false);
