package gcrsync;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import gcrsync.engine.Engine;
import gcrsync.testkit.TestRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The arrows between the packages: left may use right, nothing else. ARCHITECTURE.md draws them. */
final class ArchitectureTest {
    private static final JavaClasses CORE = compiledWith(Engine.class);

    private static final Map<String, Set<String>> ARROWS = Map.of(
            "engine", Set.of("oci", "http", "auth", "content", "registry", "layout", "copy", "tasks"),
            "copy", Set.of("content", "oci", "tasks"),
            "registry", Set.of("auth", "http", "content", "oci", "tasks"),
            "layout", Set.of("content", "oci"),
            "auth", Set.of("http", "oci"),
            "http", Set.of("oci"),
            "content", Set.of("oci"),
            "tasks", Set.of(),
            "oci", Set.of());

    /** The module that a class belongs to. */
    private static JavaClasses compiledWith(Class<?> one) {
        return new ClassFileImporter()
                .importUrl(one.getProtectionDomain().getCodeSource().getLocation());
    }

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
                    .check(CORE);
        });
    }

    @Test
    void thereIsNoOtherPackage() {
        classes()
                .should()
                .resideInAnyPackage(
                        ARROWS.keySet().stream().map(name -> "gcrsync." + name).toArray(String[]::new))
                .check(CORE);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching("gcrsync.(*)..").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void theEngineKnowsNoCommandLineNoGitAndNoTests() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "picocli..",
                        "org.eclipse.jgit..",
                        "gcrsync.testkit..",
                        "java.sql..",
                        "ch.qos.logback..",
                        "org.junit..")
                .check(CORE);
    }

    @Test
    void onlyOnePackageKnowsTheHttpLibraryAndTheCopierKnowsNoHttpAtAll() {
        noClasses()
                .that()
                .resideOutsideOfPackage("gcrsync.http..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.hc..")
                .check(CORE);
        noClasses()
                .that()
                .resideInAPackage("gcrsync.copy..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "org.slf4j..")
                .check(CORE);
    }

    @Test
    void theTestKitStandsByItself() {
        noClasses()
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("gcrsync..")
                        .and(JavaClass.Predicates.resideOutsideOfPackage("gcrsync.testkit..")))
                .check(compiledWith(TestRegistry.class));
    }
}
