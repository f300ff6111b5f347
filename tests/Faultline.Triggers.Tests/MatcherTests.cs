namespace Faultline.Triggers.Tests;

public sealed class MatcherTests
{
    private static readonly Guid Id = new(1, 2, 3, new byte[8]);
    private static readonly Subject Message = new("shop.order-placed", "table-1", Id, null, null, new() { ["fl-cell"] = "lunch" });
    private static readonly Subject Request = new(null, null, null, "POST", "/orders/7", []);

    [Fact]
    public void Empty_match_takes_everything()
    {
        new Matcher().Matches(Message).ShouldBeTrue();
        new Matcher().Matches(Request).ShouldBeTrue();
    }

    [Fact]
    public void Every_given_part_must_agree()
    {
        var whole = new Matcher("shop.order-placed", "table-1", Id, new Dictionary<string, string> { ["fl-cell"] = "lunch" });

        whole.Matches(Message).ShouldBeTrue();
        (whole with { MessageType = "shop.meal-ready" }).Matches(Message).ShouldBeFalse();
        (whole with { Key = "table-2" }).Matches(Message).ShouldBeFalse();
        (whole with { MessageId = Guid.Empty }).Matches(Message).ShouldBeFalse();
        (whole with { Headers = new Dictionary<string, string> { ["fl-cell"] = "dinner" } }).Matches(Message).ShouldBeFalse();
        (whole with { Headers = new Dictionary<string, string> { ["fl-cell"] = "lunch", ["other"] = "x" } }).Matches(Message).ShouldBeFalse();
    }

    [Theory]
    [InlineData("shop.Order-placed")]
    [InlineData("shop.order")]
    [InlineData("")]
    public void Message_type_is_equal_with_case(string type) => new Matcher(MessageType: type).Matches(Message).ShouldBeFalse();

    [Theory]
    [InlineData("POST", "/orders/7", true)]
    [InlineData("post", "/orders/*", true)]
    [InlineData(null, "*", true)]
    [InlineData("POST", "/orders/", false)]
    [InlineData("POST", "/Orders/7", false)]
    [InlineData("GET", "/orders/7", false)]
    [InlineData(null, "/orders/7/*", false)]
    public void Method_is_matched_in_any_case_and_path_by_its_prefix(string? method, string path, bool matches) => new Matcher(Method: method, Path: path).Matches(Request).ShouldBe(matches);

    [Fact]
    public void Part_that_the_subject_does_not_have_does_not_match()
    {
        new Matcher(Path: "*").Matches(Message).ShouldBeFalse();
        new Matcher(MessageType: "shop.order-placed").Matches(Request).ShouldBeFalse();
    }

    private sealed record Subject(string? MessageType, string? Key, Guid? MessageId, string? Method, string? Path, Dictionary<string, string> Headers) : IMatchSubject
    {
        public string? Header(string name) => Headers.GetValueOrDefault(name);
    }
}
