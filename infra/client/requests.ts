/**
 * Made from the catalogue by `npm run client-types`: what may be asked of each entry, in the seller's own field names.
 * Bounds that a type cannot say are in the JSON Schema of `models()`; the API checks them.
 */
export interface Requests {
  /** Flux 2 Pro. */
  'flux-2-pro/generate': {
    readonly prompt: string;
    readonly aspect_ratio?: '1:1' | '16:9' | '9:16' | '3:2' | '2:3' | '4:5' | '5:4' | '4:3' | '3:4';
    readonly output_format?: 'webp' | 'jpg' | 'png';
    readonly output_quality?: number;
    readonly safety_tolerance?: number;
    readonly prompt_upsampling?: boolean;
    readonly seed?: number;
    readonly resolution?: '0.5 MP' | '1 MP' | '2 MP';
  };
  /** Flux 2 Pro: edit. */
  'flux-2-pro/edit': {
    readonly prompt: string;
    readonly aspect_ratio?: '1:1' | '16:9' | '9:16' | '3:2' | '2:3' | '4:5' | '5:4' | '4:3' | '3:4';
    readonly output_format?: 'webp' | 'jpg' | 'png';
    readonly output_quality?: number;
    readonly safety_tolerance?: number;
    readonly prompt_upsampling?: boolean;
    readonly seed?: number;
    readonly resolution?: '0.5 MP' | '1 MP' | '2 MP';
    readonly images: readonly string[];
  };
  /** Flux 2 Max. */
  'flux-2-max/generate': {
    readonly prompt: string;
    readonly aspect_ratio?: '1:1' | '16:9' | '9:16' | '3:2' | '2:3' | '4:5' | '5:4' | '4:3' | '3:4';
    readonly output_format?: 'webp' | 'jpg' | 'png';
    readonly output_quality?: number;
    readonly safety_tolerance?: number;
    readonly prompt_upsampling?: boolean;
    readonly seed?: number;
    readonly resolution?: '0.5 MP' | '1 MP' | '2 MP' | '4 MP';
  };
  /** Flux 2 Max: edit. */
  'flux-2-max/edit': {
    readonly prompt: string;
    readonly aspect_ratio?: '1:1' | '16:9' | '9:16' | '3:2' | '2:3' | '4:5' | '5:4' | '4:3' | '3:4';
    readonly output_format?: 'webp' | 'jpg' | 'png';
    readonly output_quality?: number;
    readonly safety_tolerance?: number;
    readonly prompt_upsampling?: boolean;
    readonly seed?: number;
    readonly resolution?: '0.5 MP' | '1 MP' | '2 MP' | '4 MP';
    readonly images: readonly string[];
  };
  /** Nano Banana. */
  'nano-banana/generate': {
    readonly prompt: string;
    readonly aspectRatio?:
      | '1:1'
      | '2:3'
      | '3:2'
      | '3:4'
      | '4:3'
      | '4:5'
      | '5:4'
      | '9:16'
      | '16:9'
      | '21:9'
      | '1:4'
      | '4:1'
      | '1:8'
      | '8:1';
    readonly imageSize?: '512' | '1K' | '2K' | '4K';
    readonly thinkingLevel?: 'minimal' | 'high';
  };
  /** Nano Banana: edit. */
  'nano-banana/edit': {
    readonly prompt: string;
    readonly aspectRatio?:
      | '1:1'
      | '2:3'
      | '3:2'
      | '3:4'
      | '4:3'
      | '4:5'
      | '5:4'
      | '9:16'
      | '16:9'
      | '21:9'
      | '1:4'
      | '4:1'
      | '1:8'
      | '8:1';
    readonly imageSize?: '512' | '1K' | '2K' | '4K';
    readonly thinkingLevel?: 'minimal' | 'high';
    readonly images: readonly string[];
  };
  /** Nano Banana Pro. */
  'nano-banana-pro/generate': {
    readonly prompt: string;
    readonly aspectRatio?: '1:1' | '2:3' | '3:2' | '3:4' | '4:3' | '4:5' | '5:4' | '9:16' | '16:9' | '21:9';
    readonly imageSize?: '1K' | '2K' | '4K';
  };
  /** Nano Banana Pro: edit. */
  'nano-banana-pro/edit': {
    readonly prompt: string;
    readonly aspectRatio?: '1:1' | '2:3' | '3:2' | '3:4' | '4:3' | '4:5' | '5:4' | '9:16' | '16:9' | '21:9';
    readonly imageSize?: '1K' | '2K' | '4K';
    readonly images: readonly string[];
  };
  /** GPT Image 2. */
  'gpt-image-2/generate': {
    readonly prompt: string;
    readonly quality?: 'low' | 'medium' | 'high';
    readonly size?: '1024x1024' | '1536x1024' | '1024x1536' | 'auto';
    readonly background?: 'opaque' | 'auto';
    readonly output_format?: 'png' | 'jpeg' | 'webp';
    readonly output_compression?: number;
    readonly moderation?: 'auto' | 'low';
  };
  /** GPT Image 2: edit. */
  'gpt-image-2/edit': {
    readonly prompt: string;
    readonly quality?: 'low' | 'medium' | 'high';
    readonly size?: '1024x1024' | '1536x1024' | '1024x1536' | 'auto';
    readonly background?: 'opaque' | 'auto';
    readonly output_format?: 'png' | 'jpeg' | 'webp';
    readonly output_compression?: number;
    readonly moderation?: 'auto' | 'low';
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly images: readonly string[];
  };
  /** GPT Image 2.5 Flare. */
  'gpt-image-2.5-flare/generate': {
    readonly prompt: string;
    readonly quality?: 'low' | 'medium' | 'high';
    readonly size?: '1024x1024' | '1536x1024' | '1024x1536' | 'auto';
    readonly background?: 'transparent' | 'opaque' | 'auto';
    readonly output_format?: 'png' | 'jpeg' | 'webp';
    readonly output_compression?: number;
    readonly moderation?: 'auto' | 'low';
  };
  /** GPT Image 1.5. */
  'gpt-image-1.5/generate': {
    readonly prompt: string;
    readonly quality?: 'low' | 'medium' | 'high';
    readonly size?: '1024x1024' | '1536x1024' | '1024x1536' | 'auto';
    readonly background?: 'transparent' | 'opaque' | 'auto';
    readonly output_format?: 'png' | 'jpeg' | 'webp';
    readonly output_compression?: number;
    readonly moderation?: 'auto' | 'low';
  };
  /** GPT Image 1.5: edit. */
  'gpt-image-1.5/edit': {
    readonly prompt: string;
    readonly quality?: 'low' | 'medium' | 'high';
    readonly size?: '1024x1024' | '1536x1024' | '1024x1536' | 'auto';
    readonly background?: 'transparent' | 'opaque' | 'auto';
    readonly output_format?: 'png' | 'jpeg' | 'webp';
    readonly output_compression?: number;
    readonly moderation?: 'auto' | 'low';
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly images: readonly string[];
    readonly input_fidelity?: 'high' | 'low';
  };
  /** GPT Image 1. */
  'gpt-image-1/generate': {
    readonly prompt: string;
    readonly quality?: 'low' | 'medium' | 'high';
    readonly size?: '1024x1024' | '1536x1024' | '1024x1536' | 'auto';
    readonly background?: 'transparent' | 'opaque' | 'auto';
    readonly output_format?: 'png' | 'jpeg' | 'webp';
    readonly output_compression?: number;
    readonly moderation?: 'auto' | 'low';
  };
  /** GPT Image 1: edit. */
  'gpt-image-1/edit': {
    readonly prompt: string;
    readonly quality?: 'low' | 'medium' | 'high';
    readonly size?: '1024x1024' | '1536x1024' | '1024x1536' | 'auto';
    readonly background?: 'transparent' | 'opaque' | 'auto';
    readonly output_format?: 'png' | 'jpeg' | 'webp';
    readonly output_compression?: number;
    readonly moderation?: 'auto' | 'low';
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly images: readonly string[];
    readonly input_fidelity?: 'high' | 'low';
  };
  /** Grok. */
  'grok/generate': {
    readonly prompt: string;
    readonly aspect_ratio?:
      | '1:1'
      | '16:9'
      | '9:16'
      | '4:3'
      | '3:4'
      | '3:2'
      | '2:3'
      | '2:1'
      | '1:2'
      | '19.5:9'
      | '9:19.5'
      | '20:9'
      | '9:20';
  };
  /** Grok: edit. */
  'grok/edit': {
    readonly prompt: string;
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly images: readonly string[];
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly aspect_ratio?: string | number | boolean;
  };
  /** Grok video. */
  'grok-video/generate': {
    readonly prompt: string;
    readonly duration?: '3' | '6' | '9' | '12' | '15';
    readonly resolution?: '480p' | '720p';
    readonly aspect_ratio?: '1:1' | '16:9' | '9:16' | '4:3' | '3:4' | '3:2' | '2:3';
    readonly image?: string;
  };
  /** Veo 3.1. */
  'veo-3.1/generate':
    | {
        readonly prompt: string;
        readonly durationSeconds?: '4' | '6' | '8';
        readonly aspectRatio?: '16:9' | '9:16';
        readonly resolution?: '720p' | '1080p';
        readonly negativePrompt?: string;
        readonly imageMode?: 'none';
      }
    | {
        readonly prompt: string;
        readonly durationSeconds?: '4' | '6' | '8';
        readonly aspectRatio?: '16:9' | '9:16';
        readonly resolution?: '720p' | '1080p';
        readonly negativePrompt?: string;
        readonly imageMode: 'first-frame';
        readonly image: string;
      }
    | {
        readonly prompt: string;
        readonly durationSeconds?: '4' | '6' | '8';
        readonly aspectRatio?: '16:9' | '9:16';
        readonly resolution?: '720p' | '1080p';
        readonly negativePrompt?: string;
        readonly imageMode: 'reference';
        readonly referenceImages: readonly string[];
      }
    | {
        readonly prompt: string;
        readonly durationSeconds?: '4' | '6' | '8';
        readonly aspectRatio?: '16:9' | '9:16';
        readonly resolution?: '720p' | '1080p';
        readonly negativePrompt?: string;
        readonly imageMode: 'interpolation';
        readonly image: string;
        readonly lastFrame: string;
      };
  /** Veo 3.1 Fast. */
  'veo-3.1-fast/generate':
    | {
        readonly prompt: string;
        readonly durationSeconds?: '4' | '6' | '8';
        readonly aspectRatio?: '16:9' | '9:16';
        readonly resolution?: '720p' | '1080p';
        readonly negativePrompt?: string;
        readonly imageMode?: 'none';
      }
    | {
        readonly prompt: string;
        readonly durationSeconds?: '4' | '6' | '8';
        readonly aspectRatio?: '16:9' | '9:16';
        readonly resolution?: '720p' | '1080p';
        readonly negativePrompt?: string;
        readonly imageMode: 'first-frame';
        readonly image: string;
      }
    | {
        readonly prompt: string;
        readonly durationSeconds?: '4' | '6' | '8';
        readonly aspectRatio?: '16:9' | '9:16';
        readonly resolution?: '720p' | '1080p';
        readonly negativePrompt?: string;
        readonly imageMode: 'reference';
        readonly referenceImages: readonly string[];
      }
    | {
        readonly prompt: string;
        readonly durationSeconds?: '4' | '6' | '8';
        readonly aspectRatio?: '16:9' | '9:16';
        readonly resolution?: '720p' | '1080p';
        readonly negativePrompt?: string;
        readonly imageMode: 'interpolation';
        readonly image: string;
        readonly lastFrame: string;
      };
  /** Sora 2. */
  'sora-2/generate': {
    readonly prompt: string;
    readonly seconds?: '4' | '8' | '12';
    readonly size?: '1280x720' | '720x1280';
    readonly input_reference?: string;
    readonly autoCrop?: boolean;
  };
  /** Sora 2 Pro. */
  'sora-2-pro/generate': {
    readonly prompt: string;
    readonly seconds?: '4' | '8' | '12';
    readonly size?: '1280x720' | '720x1280' | '1792x1024' | '1024x1792';
    readonly input_reference?: string;
    readonly autoCrop?: boolean;
  };
  /** Wan 2.6: from text. */
  'wan-2.6/t2v': {
    readonly prompt: string;
    readonly duration?: '5' | '10' | '15';
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly negative_prompt?: string | number | boolean;
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly enable_prompt_expansion?: string | number | boolean;
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly multi_shots?: string | number | boolean;
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly audio_url?: string | number | boolean;
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly seed?: string | number | boolean;
    readonly size?: '1280*720' | '720*1280' | '1920*1080' | '1080*1920';
  };
  /** Wan 2.6: from a picture. */
  'wan-2.6/i2v': {
    readonly prompt: string;
    readonly duration?: '5' | '10' | '15';
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly negative_prompt?: string | number | boolean;
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly enable_prompt_expansion?: string | number | boolean;
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly multi_shots?: string | number | boolean;
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly audio_url?: string | number | boolean;
    /** The seller does not publish its form: it is passed on as it comes. */
    readonly seed?: string | number | boolean;
    readonly image: string;
    readonly resolution?: '720p' | '1080p';
  };
  /** Seedance: from text. */
  'seedance/t2v': {
    readonly prompt: string;
    readonly duration: '4' | '5' | '6' | '7' | '8' | '9' | '10' | '11' | '12' | '13' | '14' | '15';
    readonly aspectRatio: '1:1' | '3:4' | '4:3' | '16:9' | '9:16' | '21:9';
    readonly outputResolution: '480p' | '720p' | '1080p';
    readonly upscaleResolution?: '4k';
  };
  /** Seedance: from pictures. */
  'seedance/i2v':
    | {
        readonly prompt: string;
        readonly duration: '4' | '5' | '6' | '7' | '8' | '9' | '10' | '11' | '12' | '13' | '14' | '15';
        readonly aspectRatio: '1:1' | '3:4' | '4:3' | '16:9' | '9:16' | '21:9';
        readonly outputResolution: '480p' | '720p' | '1080p';
        readonly upscaleResolution?: '4k';
        readonly image: string;
      }
    | {
        readonly prompt: string;
        readonly duration: '4' | '5' | '6' | '7' | '8' | '9' | '10' | '11' | '12' | '13' | '14' | '15';
        readonly aspectRatio: '1:1' | '3:4' | '4:3' | '16:9' | '9:16' | '21:9';
        readonly outputResolution: '480p' | '720p' | '1080p';
        readonly upscaleResolution?: '4k';
        readonly mode: 'keyframe';
        readonly urls: readonly string[];
        readonly urlMediaTypes: readonly string[];
      };
  /** Seedance Fast: from text. */
  'seedance-fast/t2v': {
    readonly prompt: string;
    readonly duration: '4' | '5' | '6' | '7' | '8' | '9' | '10' | '11' | '12' | '13' | '14' | '15';
    readonly aspectRatio: '1:1' | '3:4' | '4:3' | '16:9' | '9:16' | '21:9';
    readonly outputResolution: '480p' | '720p';
    readonly upscaleResolution?: '4k';
  };
  /** Seedance Fast: from pictures. */
  'seedance-fast/i2v':
    | {
        readonly prompt: string;
        readonly duration: '4' | '5' | '6' | '7' | '8' | '9' | '10' | '11' | '12' | '13' | '14' | '15';
        readonly aspectRatio: '1:1' | '3:4' | '4:3' | '16:9' | '9:16' | '21:9';
        readonly outputResolution: '480p' | '720p';
        readonly upscaleResolution?: '4k';
        readonly image: string;
      }
    | {
        readonly prompt: string;
        readonly duration: '4' | '5' | '6' | '7' | '8' | '9' | '10' | '11' | '12' | '13' | '14' | '15';
        readonly aspectRatio: '1:1' | '3:4' | '4:3' | '16:9' | '9:16' | '21:9';
        readonly outputResolution: '480p' | '720p';
        readonly upscaleResolution?: '4k';
        readonly mode: 'keyframe';
        readonly urls: readonly string[];
        readonly urlMediaTypes: readonly string[];
      };
  /** Arrow 1.1. */
  'arrow-1.1/vectorize': {
    readonly image: string;
    readonly target_size?: number;
    readonly auto_crop?: boolean;
  };
  /** Arrow 1.1 Max. */
  'arrow-1.1-max/vectorize': {
    readonly image: string;
    readonly target_size?: number;
    readonly auto_crop?: boolean;
  };
}

/** What the booth is told beside the seller's own fields. */
export interface Controls {
  /** The most that the job may cost in all, its uploads included: dollars such as "0.05". */
  readonly maxPrice?: string | number;
  /** Whether a delivered job of yours that asked for exactly the same will do; it costs nothing. */
  readonly reuse?: boolean;
}
