import { Box } from '@mantine/core';
import { prettyJson } from '@/lib/json';
import { CopyButton } from './copy-button';
import classes from './code-block.module.css';

export function CodeBlock({ text, testId }: { text: string; testId?: string }) {
  return (
    <Box className={classes.block}>
      <pre className={classes.text} tabIndex={0} data-testid={testId}>
        {text}
      </pre>
      <Box className={classes.copy}>
        <CopyButton value={text} />
      </Box>
    </Box>
  );
}

export function JsonBlock({ value, testId }: { value: unknown; testId?: string }) {
  return <CodeBlock text={prettyJson(value)} testId={testId} />;
}
