using Faultline.Messaging.RabbitMq.Transport;
using Faultline.Messaging.Transport;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

public sealed class ConfirmLedgerTests
{
    private readonly ConfirmLedger _ledger = new();

    [Fact]
    public async Task One_answer_for_many_answers_all_that_are_open_up_to_it()
    {
        SendBatch first = Add(3);
        SendBatch second = Add(2);

        _ledger.Answer(2, multiple: false, SendOutcome.Refused);
        _ledger.Answer(4, multiple: true, SendOutcome.Confirmed);

        (await first.Answered).ShouldBe([SendOutcome.Confirmed, SendOutcome.Refused, SendOutcome.Confirmed]);
        second.Answered.IsCompleted.ShouldBeFalse();
        _ledger.Answer(5, multiple: true, SendOutcome.Confirmed);
        (await second.Answered).ShouldBe([SendOutcome.Confirmed, SendOutcome.Confirmed]);
        _ledger.OpenCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_returned_message_is_unroutable_although_it_is_confirmed()
    {
        SendBatch batch = Add(2);

        _ledger.Return(2);
        batch.Answered.IsCompleted.ShouldBeFalse();
        _ledger.Answer(2, multiple: true, SendOutcome.Confirmed);

        (await batch.Answered).ShouldBe([SendOutcome.Confirmed, SendOutcome.Unroutable]);
    }

    [Fact]
    public async Task An_answer_for_what_is_not_open_changes_nothing()
    {
        SendBatch batch = Add(1);

        _ledger.Answer(7, multiple: false, SendOutcome.Refused);
        _ledger.Return(7);
        _ledger.Answer(1, multiple: false, SendOutcome.Confirmed);
        _ledger.Answer(1, multiple: false, SendOutcome.Refused);

        (await batch.Answered).ShouldBe([SendOutcome.Confirmed]);
    }

    [Fact]
    public async Task What_is_open_when_the_connection_ends_fails_and_nothing_new_is_taken()
    {
        SendBatch done = Add(1);
        SendBatch half = Add(2);
        _ledger.Answer(2, multiple: true, SendOutcome.Confirmed);

        _ledger.Break(new TransportException("gone"));

        (await done.Answered).ShouldBe([SendOutcome.Confirmed]);
        await Should.ThrowAsync<TransportException>(() => half.Answered);
        Should.Throw<TransportException>(() => _ledger.Add(new SendBatch(1), 0));
    }

    private SendBatch Add(int count)
    {
        SendBatch batch = new(count);
        for (int index = 0; index < count; index++) _ledger.Add(batch, index);
        return batch;
    }
}
