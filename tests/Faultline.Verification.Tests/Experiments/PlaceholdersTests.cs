using System.Text.Json;
using Faultline.Triggers;
using Faultline.Verification.Experiments;

namespace Faultline.Verification.Tests.Experiments;

public sealed class PlaceholdersTests
{
    private static readonly DrawnValue[] Drawn = [new("item", [Json("\"lamp\""), Json("\"chair\""), Json("\"table\"")]), new("quantity", [], 1, 1_000_000)];

    [Fact]
    public void One_seed_draws_the_same_for_an_operation_in_every_run_and_another_seed_draws_anew()
    {
        string[] Draws(ulong seed, string run) => [.. Enumerable.Range(1, 20).Select(number => Placeholders.ValuesOf(Drawn, new Seed(seed), $"{run}cell/{number:D6}", number)["quantity"].GetRawText())];

        Draws(1, "").ShouldBe(Draws(1, "run~"));
        Draws(1, "").ShouldNotBe(Draws(2, ""));
    }

    [Fact]
    public void A_number_in_a_json_body_stays_a_number_and_braces_without_a_meaning_stay()
    {
        Dictionary<string, JsonElement> values = Placeholders.ValuesOf(Drawn, new Seed(1), "cell/000001", 1);

        string body = Placeholders.Fill(Json("""{"number": "{number}", "says": "no {number} of {nobody}", "list": ["{operation}", 1, true]}"""), values)!.ToJsonString();

        body.ShouldBe("""{"number":1,"says":"no 1 of {nobody}","list":["cell/000001",1,true]}""");
        Placeholders.Fill("""{"a": {number}}""", values).ShouldBe("""{"a": 1}""");
    }

    private static JsonElement Json(string text)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
