package gcrsync;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import gcrsync.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The arrows between the application's packages, and into the engine: left may use right, nothing else. */
final class ArchitectureTest {
    private static final JavaClasses APP = new ClassFileImporter()
            .importUrl(Plan.class.getProtectionDomain().getCodeSource().getLocation());

    private static final Map<String, Set<String>> ARROWS = Map.of(
            "state", Set.of("registry", "oci"),
            "mirror", Set.of("state", "ledger", "config", "copy", "content", "oci", "tasks"),
            "output", Set.of("state", "mirror", "ledger", "copy", "content", "oci"),
            "ledger", Set.of("http", "oci"),
            "config", Set.of("oci"));

    @Test
    void everyPackageUsesOnlyWhatItMay() {
        ARROWS.forEach((from, to) -> {
            List<String> allowed = new ArrayList<>(List.of("gcrsync." + from + ".."));
            to.forEach(name -> allowed.add("gcrsync." + name + ".."));
            noClasses()
                    .that()
                    .resideInAPackage("gcrsync." + from + "..")
                    .should()
                    .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("gcrsync..")
                            .and(JavaClass.Predicates.resideOutsideOfPackages(allowed.toArray(String[]::new))))
                    .check(APP);
        });
    }

    @Test
    void thereIsNoOtherPackage() {
        classes()
                .should()
                .resideInAnyPackage(
                        "gcrsync.cli",
                        "gcrsync.config",
                        "gcrsync.ledger",
                        "gcrsync.mirror",
                        "gcrsync.output",
                        "gcrsync.state")
                .check(APP);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching("gcrsync.(*)..").should().beFreeOfCycles().check(APP);
    }

    @Test
    void theCommandLineIsTheOnlyOneThatKnowsItsLibraryAndTheDemosRegistry() {
        noClasses()
                .that()
                .resideOutsideOfPackage("gcrsync.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "ch.qos.logback..", "gcrsync.testkit..")
                .check(APP);
    }

    @Test
    void gitIsTheLedgersAffair() {
        noClasses()
                .that()
                .resideOutsideOfPackage("gcrsync.ledger..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.eclipse.jgit..")
                .check(APP);
    }
}
