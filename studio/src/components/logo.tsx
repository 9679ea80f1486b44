import { Group, Text } from '@mantine/core';

export function LogoMark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="#0c6b6f" />
      <path d="M23 8.5h-8.5a4 4 0 0 0 0 8h3a3.5 3.5 0 0 1 0 7H9" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="24" cy="8.5" r="2.9" fill="#f2b84b" />
      <circle cx="8.5" cy="23.5" r="2.9" fill="#7fd6cc" />
    </svg>
  );
}

export function Logo() {
  return (
    <Group gap={10}>
      <LogoMark size={36} />
      <Text component="span" fz={22} fw={700} lts="-0.02em">
        SaaSFlows
      </Text>
    </Group>
  );
}
