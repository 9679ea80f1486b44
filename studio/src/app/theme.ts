import { Badge, Button, createTheme, Modal, Tooltip, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'tide',
  primaryShade: { light: 8, dark: 6 },
  colors: {
    tide: ['#e8f6f5', '#d2ebea', '#a5d7d4', '#74c2bd', '#4cb0aa', '#33a49e', '#1f968f', '#13807b', '#0c6b6f', '#07565a'],
    dark: ['#dde4e5', '#b3bdc0', '#8a969a', '#667377', '#414c50', '#2e373b', '#222a2d', '#191f22', '#13181a', '#0d1113'],
  },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.375rem', lineHeight: '1.3' }, h2: { fontSize: '1.0625rem', lineHeight: '1.35' } } },
  cursorType: 'pointer',
  components: {
    Badge: Badge.extend({ defaultProps: { radius: 'sm', variant: 'light', tt: 'none', fw: 600 } }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Modal: Modal.extend({ defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.35 }, transitionProps: { duration: 120 } } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 350, events: { hover: true, focus: true, touch: false } } }),
  },
});

/** Our own tokens: surfaces, and one colour per category of activity and per state of a run. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--sf-page': '#f5f7f6',
    '--sf-surface': '#ffffff',
    '--sf-sunken': '#f0f3f2',
    '--sf-line': '#e0e6e4',
    '--sf-muted': '#5c6b6a',
    '--sf-trigger': '#b06a00',
    '--sf-condition': '#7a4fbf',
    '--sf-action': '#1f6fb8',
    '--sf-data': '#2c7d4f',
    '--sf-flow': '#5d6b73',
    '--sf-running': '#1f7fd1',
    '--sf-waiting': '#b06a00',
    '--sf-completed': '#25844f',
    '--sf-failed': '#c9352b',
    '--sf-idle': '#8b979a',
    '--sf-shadow': '0 1px 2px rgb(16 40 40 / 8%), 0 4px 14px rgb(16 40 40 / 6%)',
  },
  dark: {
    '--sf-page': '#111618',
    '--sf-surface': '#1a2124',
    '--sf-sunken': '#141a1c',
    '--sf-line': '#2d373a',
    '--sf-muted': '#94a2a4',
    '--sf-trigger': '#eaae4d',
    '--sf-condition': '#b494ea',
    '--sf-action': '#6fb1ec',
    '--sf-data': '#6cc492',
    '--sf-flow': '#9fb0b8',
    '--sf-running': '#5aaef2',
    '--sf-waiting': '#eaae4d',
    '--sf-completed': '#5fc48c',
    '--sf-failed': '#f0756b',
    '--sf-idle': '#75838a',
    '--sf-shadow': '0 1px 2px rgb(0 0 0 / 40%), 0 4px 14px rgb(0 0 0 / 25%)',
  },
});
