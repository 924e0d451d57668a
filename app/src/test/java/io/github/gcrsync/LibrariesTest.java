package io.github.gcrsync;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.github.gcrsync.cli.Main;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Restricts which packages may use which libraries. The dependencies between our own packages are in ARCHITECTURE.md.
 */
final class LibrariesTest {
    private static final JavaClasses APP = compiledWith(Main.class);
    private static final JavaClasses CORE = compiledWith(Engine.class);
    private static final JavaClasses PRODUCT = compiledWith(Main.class, Engine.class);

    /** Returns the classes of the modules that contain these classes. */
    private static JavaClasses compiledWith(Class<?>... some) {
        return new ClassFileImporter()
                .importUrls(Arrays.stream(some)
                        .map(one -> one.getProtectionDomain().getCodeSource().getLocation())
                        .toList());
    }

    @Test
    void hasNoPackageCycles() {
        SlicesRuleDefinition.slices()
                .matching("io.github.gcrsync.(**)")
                .should()
                .beFreeOfCycles()
                .check(PRODUCT);
    }

    @Test
    void restrictsPicocliToCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.github.gcrsync.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "ch.qos.logback..")
                .check(APP);
    }

    @Test
    void restrictsLibrariesOfServer() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.github.gcrsync.server.Cron")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.cronutils..")
                .check(APP);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.github.gcrsync.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.prometheus..")
                .check(APP);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.github.gcrsync.server.http..", "io.github.gcrsync.serve..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.sun.net.httpserver..")
                .check(APP);
    }

    @Test
    void restrictsJGitToGitPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.github.gcrsync.git..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.eclipse.jgit..")
                .check(APP);
    }

    @Test
    void keepsCommandLineGitAndTestsOutOfEngine() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "org.eclipse.jgit..", "java.sql..", "ch.qos.logback..")
                .check(CORE);
    }

    @Test
    void restrictsHttpClientToOnePackageAndKeepsHttpOutOfCopier() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.github.gcrsync.http..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.hc..")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAPackage("io.github.gcrsync.copy..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "org.slf4j..")
                .check(CORE);
    }

    @Test
    void keepsTestkitAndBuildToolsOutOfProduct() {
        String[] others = {"io.github.gcrsync.testkit..", "io.github.gcrsync.build..", "org.junit.."};
        noClasses().should().resideInAnyPackage(others).check(PRODUCT);
        noClasses().should().dependOnClassesThat().resideInAnyPackage(others).check(PRODUCT);
    }

    @Test
    void keepsProductOutOfTestkit() {
        noClasses()
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.github.gcrsync..")
                        .and(JavaClass.Predicates.resideOutsideOfPackage("io.github.gcrsync.testkit..")))
                .check(compiledWith(TestRegistry.class));
    }
}
