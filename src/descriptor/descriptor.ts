import { OptionError } from "../errors.js";
import type { TensorOrder } from "../tensor/cartesian.js";
import type { Engine } from "./engine.js";
import { planExpansion } from "./expansion.js";
import { type FeatureLabel, type FeatureLayout, labelFeatures, planFeatures } from "./features.js";
import { kernelEngine } from "./kernelEngine.js";
import { type DescriptorOptions, type ResolvedDescriptor, resolveOptions } from "./options.js";
import { referenceEngine } from "./referenceEngine.js";

/**
 * A recipe for equivariant features of atomic environments, λ-SOAP (Grisafi, Wilkins, Csányi and Ceriotti, Phys. Rev. Lett. 120,
 * 036002 (2018)). Build it once with {@link createDescriptor} and hand it to `evaluate`, `contract`, `gradient` and `designRows`.
 */
export interface Descriptor {
  /** All settings, defaults filled in. Plain data: `createDescriptor(JSON.parse(JSON.stringify(d.options)))` is the same descriptor. */
  readonly options: ResolvedDescriptor;
  /** Prepared tables. @internal */
  readonly plan: DescriptorPlan;
}

/** What is computed once per descriptor. */
export interface DescriptorPlan {
  readonly layouts: readonly [FeatureLayout, FeatureLayout, FeatureLayout];
  readonly engine: Engine;
}

/**
 * Checks the options and tabulates the radial functions.
 *
 * The density of each species around an atom is expanded as c_{nlm} = Σ_k h_nl(r_k) Y_lm(r̂_k), where h_nl is the projection of a
 * Gaussian exp(−|r − r_k|²/2σ²) on the radial basis times the cutoff function, and Y_lm are real orthonormal harmonics. The
 * features of order λ, component μ = −λ … λ, are
 * - three-body: √2 Σ C^{λμ}_{l1 m1, l2 m2} c_{a l1 m1} c_{b l2 m2} for l1 + l2 + λ even, unique pairs only (the √2 counts the
 *   omitted exchanged copy; it is 1 where a = b and l1 = l2), C the Clebsch–Gordan coefficient in the real basis. For λ = 0
 *   this is the SOAP power spectrum with the factor (−1)^l/√(2l+1);
 * - two-body, if asked for: c_{n,l=λ,m=μ}.
 * They turn like real spherical harmonics of degree λ under rotations and inversion.
 * @throws OptionError for an unknown option or a value outside its range
 * @example
 * const d = descriptor.createDescriptor({ species: ["H", "O"], cutoff: 5, nMax: 8, lMax: 6, smearing: 0.5 });
 * descriptor.featureCount(d, 0) // 952
 */
export function createDescriptor(options: DescriptorOptions): Descriptor {
  return descriptorWith(options, (plan) => kernelEngine(plan) ?? referenceEngine);
}

/** As {@link createDescriptor}, with the numerical work done by the engine of one's choice: tests compare the two. */
export function descriptorWith(
  options: DescriptorOptions,
  engine: (layouts: readonly FeatureLayout[]) => Engine,
): Descriptor {
  const resolved = resolveOptions(options);
  const { species, twoBody, compression } = resolved;
  const threeBody = planExpansion(species.length, resolved, compression);
  const layout = (order: TensorOrder): FeatureLayout =>
    planFeatures(order, threeBody, twoBody && planExpansion(species.length, { ...twoBody, lMax: order }, undefined));
  const layouts = [layout(0), layout(1), layout(2)] as const;
  return { options: resolved, plan: { layouts, engine: engine(layouts) } };
}

/** Number of features per atom and component; the weights of a linear model are one such list per central species. */
export function featureCount(d: Descriptor, order: TensorOrder): number {
  return layoutOf(d, order).count;
}

/** What each feature is made of, in order. */
export function featureLabels(d: Descriptor, order: TensorOrder): FeatureLabel[] {
  return labelFeatures(layoutOf(d, order), d.options.species, d.options.compression !== undefined);
}

/** @throws OptionError unless the order is 0, 1 or 2 */
export function layoutOf(d: Descriptor, order: TensorOrder): FeatureLayout {
  const layout = d.plan.layouts[order];
  if (!layout)
    throw new OptionError({ where: "descriptor", problem: `tensor order ${order}`, advice: "known orders: 0, 1, 2" });
  return layout;
}
