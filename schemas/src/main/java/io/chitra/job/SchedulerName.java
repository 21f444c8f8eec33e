package io.chitra.job;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The schedulers that a job may name: by a short name, or by the diffusers class. */
public enum SchedulerName {
  DDIM("ddim", "DDIMScheduler"),
  PNDM("pndm", "PNDMScheduler"),
  EULER("euler", "EulerDiscreteScheduler"),
  EULER_A("euler_a", "EulerAncestralDiscreteScheduler"),
  HEUN("heun", "HeunDiscreteScheduler"),
  DPMPP_2M("dpmpp_2m", "DPMSolverMultistepScheduler"),
  /** {@code DPMSolverMultistepScheduler} with {@code use_karras_sigmas}. */
  DPMPP_2M_KARRAS("dpmpp_2m_karras", "dpmpp_2m_karras"),
  /** {@code DPMSolverMultistepScheduler} with the algorithm {@code sde-dpmsolver++}. */
  DPMPP_2M_SDE("dpmpp_2m_sde", "dpmpp_2m_sde"),
  UNIPC("unipc", "UniPCMultistepScheduler"),
  LCM("lcm", "LCMScheduler");

  /** Those whose diffusers class takes timesteps of one's own, in the form that is named here. */
  private static final Set<SchedulerName> TAKING_TIMESTEPS =
      EnumSet.of(EULER, HEUN, DPMPP_2M, DPMPP_2M_SDE, LCM);

  /** Classes of diffusers that people know and that are refused by name. */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "DDPMScheduler",
          "DEISMultistepScheduler",
          "DPMSolverSDEScheduler",
          "DPMSolverSinglestepScheduler",
          "EDMEulerScheduler",
          "EDMDPMSolverMultistepScheduler",
          "FlowMatchEulerDiscreteScheduler",
          "FlowMatchHeunDiscreteScheduler",
          "IPNDMScheduler",
          "KDPM2AncestralDiscreteScheduler",
          "KDPM2DiscreteScheduler",
          "LMSDiscreteScheduler",
          "SASolverScheduler",
          "TCDScheduler");

  private final String shortName;
  private final String canonicalName;

  SchedulerName(String shortName, String canonicalName) {
    this.shortName = shortName;
    this.canonicalName = canonicalName;
  }

  /** The name in job files: {@code euler}. */
  public String shortName() {
    return shortName;
  }

  /**
   * The name in resolved jobs and in records: diffusers' class ({@code EulerDiscreteScheduler}), or
   * the short name of a variant that has no class of its own.
   */
  public String canonicalName() {
    return canonicalName;
  }

  /** Whether diffusers lets one give this scheduler timesteps of one's own. */
  boolean takesTimesteps() {
    return TAKING_TIMESTEPS.contains(this);
  }

  /** The scheduler of a short name or a diffusers class name, spelt exactly. */
  public static Optional<SchedulerName> find(String name) {
    return Arrays.stream(values())
        .filter(
            scheduler -> scheduler.shortName.equals(name) || scheduler.canonicalName.equals(name))
        .findFirst();
  }

  /** The short names of those that take timesteps, as a message lists them. */
  static String takingTimesteps() {
    return Texts.alternatives(TAKING_TIMESTEPS.stream().map(SchedulerName::shortName).toList());
  }

  /** Why a name that {@link #find} does not know is refused, and what would be right. */
  static String refusal(String name) {
    String supported =
        Texts.alternatives(Arrays.stream(values()).map(SchedulerName::shortName).toList());
    if (UNSUPPORTED.contains(name)) {
      return name + " is not supported by this version of Chitra: " + supported + " would be";
    }
    return Texts.nearest(name, allNames())
        .map(near -> Texts.quoted(name) + " is no scheduler; did you mean " + near + "?")
        .orElseGet(() -> Texts.quoted(name) + " is no scheduler: " + supported + " would be");
  }

  private static Set<String> allNames() {
    Set<String> names = new TreeSet<>(UNSUPPORTED);
    for (SchedulerName scheduler : values()) {
      names.add(scheduler.shortName);
      names.add(scheduler.canonicalName);
    }
    return names;
  }
}
