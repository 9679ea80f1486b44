import { useMemo } from 'react';
import { encode } from 'uqr';

interface QrCodeProps {
  text: string;
  label: string;
  /** Width and height on screen, in pixels. */
  size: number;
}

/** Black on white in every theme: scanners want the contrast and the quiet margin. */
export function QrCode({ text, label, size }: QrCodeProps) {
  const { data, size: cells } = useMemo(() => encode(text, { border: 4 }), [text]);
  const squares = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg
      viewBox={`0 0 ${cells} ${cells}`}
      width={size}
      height={size}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
      style={{ borderRadius: 8, flexShrink: 0 }}
    >
      <path d={`M0 0h${cells}v${cells}h-${cells}z`} fill="#fff" />
      <path d={squares.join('')} fill="#000" />
    </svg>
  );
}
