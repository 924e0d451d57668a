package gcrsync;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import gcrsync.plan.Plan;
import org.junit.jupiter.api.Test;

/** Which packages of the application may use which libraries; who may use whom is written in ARCHITECTURE.md. */
final class ArchitectureTest {
    private static final JavaClasses APP = new ClassFileImporter()
            .importUrl(Plan.class.getProtectionDomain().getCodeSource().getLocation());

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
    void onlyOnePackageUsesJGit() {
        noClasses()
                .that()
                .resideOutsideOfPackage("gcrsync.git..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.eclipse.jgit..")
                .check(APP);
    }
}
