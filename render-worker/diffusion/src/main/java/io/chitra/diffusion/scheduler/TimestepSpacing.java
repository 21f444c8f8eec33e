package io.chitra.diffusion.scheduler;

/**
 * How inference timesteps lie among the training's: table 2 of Lin et al. (2023), arXiv 2305.08891.
 */
enum TimestepSpacing {
  LEADING,
  TRAILING,
  LINSPACE
}
