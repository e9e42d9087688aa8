import { z } from 'zod';
import type { ImageRecipe } from '../runtimes/schema.ts';

/** What a runtime of a user's own has beside its version, or instead of its base. It is kept in the image's record. */
export const additionsSchema = z.strictObject({
  /** Debian packages. */
  packages: z.array(z.string()),
  /** npm packages, `NAME@VERSION` each. */
  npm: z.array(z.string()),
  /** Files or folders of the host, by absolute paths, and the hash of what they held. */
  copy: z.array(z.strictObject({ from: z.string(), to: z.string(), sha256: z.string() })),
  /** OCI image instead of the base. */
  oci: z.string().optional(),
});
export type Additions = Readonly<z.infer<typeof additionsSchema>>;

/** The recipe of a version with the base that the additions ask for. */
export function recipeWith(recipe: ImageRecipe, additions: Additions | undefined): ImageRecipe {
  if (!additions) return recipe;
  if (additions.oci !== undefined) return { ...recipe, base: { kind: 'oci', reference: additions.oci } };
  if (recipe.base.kind !== 'debian') return recipe;
  return { ...recipe, base: { ...recipe.base, packages: [...recipe.base.packages, ...additions.packages] } };
}
