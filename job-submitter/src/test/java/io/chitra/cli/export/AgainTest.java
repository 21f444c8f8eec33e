package io.chitra.cli.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.pack.Recode;
import io.chitra.dataset.plan.ExportRequest;
import io.chitra.dataset.plan.ShardSettings;
import io.chitra.dataset.plan.SplitSettings;
import io.chitra.dataset.plan.SplitSettings.Unit;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgainTest {

  @Test
  void theCommandSaysAllThatIsNotAsUsual() {
    assertEquals(
        "chitra export --dataset animals --format parquet --to TARGET",
        Again.command(
            new ExportRequest(
                "animals",
                PackFormat.PARQUET,
                null,
                null,
                SplitSettings.none(),
                null,
                new ShardSettings(PackFormat.PARQUET.mostRows(), ShardSettings.DEFAULT_BYTES),
                null)));
    assertEquals(
        "chitra export --dataset 'it'\\''s mine' --format imagefolder --class-label species"
            + " --split train=0.9,test=0.1 --stratify species --keep-jobs-together --seed 4"
            + " --shuffle 7 --jpeg 90 --resize 256 --shard-rows 100 --shard-bytes 1000 --to TARGET",
        Again.command(
            new ExportRequest(
                "it's mine",
                PackFormat.IMAGEFOLDER,
                "species",
                new Recode(256, 90),
                new SplitSettings(
                    SplitSettings.parse("train=0.9,test=0.1"), "species", Unit.JOB, 4),
                7L,
                new ShardSettings(100, 1000),
                null)));
  }

  @Test
  void aCardNamesItsLicenceAtItsBeginning() {
    assertEquals(
        Optional.of("creativeml-openrail-m"),
        Licences.named("---\nlanguage: en\nlicense: creativeml-openrail-m\n---\n# A model\n"));
    assertEquals(Optional.of("mit"), Licences.named("---\r\nlicense: \"mit\" # yes\r\n---\r\n"));
    assertEquals(Optional.empty(), Licences.named("---\nlanguage: en\n---\nlicense: mit\n"));
    assertEquals(Optional.empty(), Licences.named("# A model\n\nlicense: mit\n"));
  }
}
