import {
  ActionIcon,
  Button,
  CloseButton,
  createTheme,
  Input,
  MantineThemeProvider,
  SegmentedControl,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import type { ReactNode } from 'react';

const readOnly = { readOnly: true };
const gone = { display: 'none' };

// Where a field is empty, its placeholder names what holds instead.
const defaults = { '--input-placeholder-color': 'var(--sf-muted)' };

const theme = createTheme({
  components: {
    Input: Input.extend({ styles: { input: { ...defaults, background: 'var(--sf-sunken)', cursor: 'default' }, section: gone } }),
    TextInput: TextInput.extend({ defaultProps: readOnly }),
    Textarea: Textarea.extend({ defaultProps: readOnly }),
    Select: Select.extend({ defaultProps: readOnly }),
    TagsInput: TagsInput.extend({ defaultProps: readOnly, styles: { inputField: { cursor: 'default' } } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: readOnly, styles: { label: { cursor: 'default' } } }),
    Switch: Switch.extend({
      defaultProps: { ...readOnly, 'aria-readonly': true, color: 'var(--sf-muted)' },
      styles: { body: { cursor: 'default' }, track: { cursor: 'default' }, label: { cursor: 'default' } },
    }),
    // Controls that change something are not rendered.
    Button: Button.extend({ defaultProps: gone }),
    ActionIcon: ActionIcon.extend({ defaultProps: gone }),
    CloseButton: CloseButton.extend({ defaultProps: gone }),
  },
});

interface ReadOnlyProps {
  when: boolean;
  children: ReactNode;
}

/** A form that somebody may read and not change: values in normal ink and within reach of the keyboard, unlike disabled ones. */
export function ReadOnly({ when, children }: ReadOnlyProps) {
  return <MantineThemeProvider theme={when ? theme : undefined}>{children}</MantineThemeProvider>;
}
