using Faultline.Lab.Postgres;

namespace Faultline.Lab.Tests.Postgres;

public sealed class ScramVerifierTests
{
    [Fact]
    public void Verifier_has_the_form_that_the_server_stores_and_never_the_password()
    {
        string verifier = ScramVerifier.Create("open sesame", 64);

        verifier.ShouldMatch(@"^SCRAM-SHA-256\$64:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$");
        verifier.ShouldNotContain("sesame");
        ScramVerifier.Create("open sesame", 64).ShouldNotBe(verifier); // Another salt.
    }
}
