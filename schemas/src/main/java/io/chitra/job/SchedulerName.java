package io.chitra.job;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The schedulers that a job may name: by a short name, or by the diffusers class. */
public enum SchedulerName {
  DDIM("ddim", "DDIMScheduler"),
  EULER("euler", "EulerDiscreteScheduler"),
  DPMPP_2M("dpmpp_2m", "DPMSolverMultistepScheduler");

  /** Those that people know from elsewhere and that are refused by name: name, diffusers class. */
  private static final Map<String, String> UNSUPPORTED = unsupported();

  private final String shortName;
  private final String className;

  SchedulerName(String shortName, String className) {
    this.shortName = shortName;
    this.className = className;
  }

  /** The name in job files: {@code euler}. */
  public String shortName() {
    return shortName;
  }

  /** The canonical name, diffusers' class: {@code EulerDiscreteScheduler}. */
  public String className() {
    return className;
  }

  /** The scheduler of a short name or a diffusers class name, spelt exactly. */
  public static Optional<SchedulerName> find(String name) {
    return Arrays.stream(values())
        .filter(scheduler -> scheduler.shortName.equals(name) || scheduler.className.equals(name))
        .findFirst();
  }

  /** Why a name that {@link #find} does not know is refused, and what would be right. */
  static String refusal(String name) {
    String supported =
        Texts.alternatives(Arrays.stream(values()).map(SchedulerName::shortName).toList());
    String className = UNSUPPORTED.get(name);
    if (className != null) {
      String known = className.equals(name) ? name : name + " (" + className + ")";
      return known + " is not supported by this version of Chitra: " + supported + " would be";
    }
    return Texts.nearest(name, allNames())
        .map(near -> Texts.quoted(name) + " is no scheduler; did you mean " + near + "?")
        .orElseGet(() -> Texts.quoted(name) + " is no scheduler: " + supported + " would be");
  }

  private static List<String> allNames() {
    List<String> names = new ArrayList<>(UNSUPPORTED.keySet());
    for (SchedulerName scheduler : values()) {
      names.add(scheduler.shortName);
      names.add(scheduler.className);
    }
    return names;
  }

  private static Map<String, String> unsupported() {
    Map<String, String> names = new TreeMap<>();
    names.put("pndm", "PNDMScheduler");
    names.put("euler_a", "EulerAncestralDiscreteScheduler");
    names.put("heun", "HeunDiscreteScheduler");
    names.put("dpmpp_2m_karras", "DPMSolverMultistepScheduler with use_karras_sigmas");
    names.put("dpmpp_2m_sde", "DPMSolverMultistepScheduler with sde-dpmsolver++");
    names.put("unipc", "UniPCMultistepScheduler");
    names.put("lcm", "LCMScheduler");
    Stream.of(
            "PNDMScheduler",
            "EulerAncestralDiscreteScheduler",
            "HeunDiscreteScheduler",
            "UniPCMultistepScheduler",
            "LCMScheduler",
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
            "TCDScheduler")
        .forEach(name -> names.put(name, name));
    return names;
  }
}
