import type { PictureSize } from './picture/picture-size.ts';

interface Scene {
  /** Says what is to be seen; empty where the model takes none. */
  prompt: string;
  /** The same seed and request bring the same bytes; without one every job differs. */
  seed?: number | undefined;
  size: PictureSize;
  /** URLs of what it is made from; with none it is drawn from the prompt alone. */
  sources: string[];
}

export interface PictureDrawing extends Scene {
  kind: 'picture';
  format: 'webp' | 'jpg' | 'png';
  /** 0 to 100, of webp and jpg. */
  quality: number;
  /** Only the middle of the picture is opaque; jpg cannot. */
  transparent?: boolean;
}

export interface VideoDrawing extends Scene {
  kind: 'video';
  seconds: number;
}

export interface VectorDrawing {
  kind: 'vector';
  /** Of the longer side, in SVG units. */
  targetSize: number;
  /** Cuts an even border away first. */
  autoCrop: boolean;
  sources: [string];
}

/** What a job owes its buyer, whichever model was asked for. */
export type Drawing = PictureDrawing | VideoDrawing | VectorDrawing;
