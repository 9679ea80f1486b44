import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface SectionProps {
  title: string;
  text: string;
  children: ReactNode;
}

/** One matter of a page of settings. */
export function Section({ title, text, children }: SectionProps) {
  return (
    <section className="surface">
      <Stack p="lg" align="flex-start">
        <div>
          <Title order={2}>{title}</Title>
          <Text size="sm" c="var(--sf-muted)" maw={620}>
            {text}
          </Text>
        </div>
        {children}
      </Stack>
    </section>
  );
}
