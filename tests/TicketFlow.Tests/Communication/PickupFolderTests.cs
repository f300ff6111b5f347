using Faultline.Messaging.Envelopes;
using Faultline.TestSupport;
using TicketFlow.Communication.Data;
using TicketFlow.Communication.Mail;

namespace TicketFlow.Tests.Communication;

public sealed class PickupFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ticketflow-mail").FullName;

    private string Folder => Path.Combine(_root, "mail");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_letter_is_one_file_named_by_its_id()
    {
        Letter letter = SampleLetters.To("a@b.example", "c@d.example");

        Delivery delivery = await SendAsync(letter);

        delivery.Reached.ShouldBe(["a@b.example", "c@d.example"]);
        delivery.Error.ShouldBeNull();
        string file = Directory.GetFiles(Folder).ShouldHaveSingleItem();
        Path.GetFileName(file).ShouldBe("reply-1.eml");
        (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).ShouldBe(EmlWriter.Write(letter, new MailOptions()));
    }

    [Fact]
    public async Task The_same_letter_twice_is_one_file_that_stays_as_it_is()
    {
        await SendAsync(SampleLetters.To("a@b.example"));
        string file = Directory.GetFiles(Folder).Single();
        DateTime written = File.GetLastWriteTimeUtc(file);

        (await SendAsync(SampleLetters.To("a@b.example"))).Reached.ShouldBe(["a@b.example"]);

        Directory.GetFiles(Folder).ShouldBe([file]);
        File.GetLastWriteTimeUtc(file).ShouldBe(written);
    }

    [Fact]
    public async Task Whoever_looks_never_sees_a_part_of_a_letter()
    {
        Letter letter = SampleLetters.To("a@b.example") with { Id = "reply-00", Text = new string('x', 200_000) };
        long whole = EmlWriter.Write(letter, new MailOptions()).Length;
        Directory.CreateDirectory(Folder);
        using var ended = new CancellationTokenSource();
        Task<int> looking = Task.Run(() => Look(whole, ended.Token), TestContext.Current.CancellationToken);

        for (int number = 0; number < 50; number++) await SendAsync(letter with { Id = $"reply-{number:D2}" });
        await ended.CancelAsync();

        (await looking.WaitAsync(Limits.Hang, TimeProvider.System, TestContext.Current.CancellationToken)).ShouldBe(0);
        Directory.GetFiles(Folder).Length.ShouldBe(50);
    }

    [Fact]
    public async Task A_folder_that_can_not_be_written_is_a_failure_to_try_again_and_leaves_nothing()
    {
        await File.WriteAllTextAsync(Folder, "a file stands where the folder should be", TestContext.Current.CancellationToken);

        Delivery delivery = await SendAsync(SampleLetters.To("a@b.example"));

        (delivery.Reached.Count, delivery.Refused.Count).ShouldBe((0, 0));
        delivery.Error!.ShouldStartWith($"The pickup folder {Folder} cannot be written: ");
        File.Delete(Folder);
        (await SendAsync(SampleLetters.To("a@b.example"))).Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_letter_that_can_not_get_its_name_leaves_no_draft()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "reply-1.eml"));

        (await SendAsync(SampleLetters.To("a@b.example"))).Error.ShouldNotBeNull();

        Directory.GetFiles(Folder).ShouldBeEmpty();
    }

    private int Look(long whole, CancellationToken ended)
    {
        int parts = 0;
        while (!ended.IsCancellationRequested) parts += Directory.GetFiles(Folder, "*.eml").Count(file => new FileInfo(file).Length != whole);
        return parts;
    }

    private Task<Delivery> SendAsync(Letter letter) =>
        new PickupFolder(new MailOptions { Pickup = Folder }, new Ids(TimeProvider.System)).SendAsync(letter, TestContext.Current.CancellationToken);
}
