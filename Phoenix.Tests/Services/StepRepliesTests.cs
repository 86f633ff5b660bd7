using System.Text;
using Phoenix.Coordination;
using Phoenix.Dispatch;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Purchases;
using Xunit;

namespace Phoenix.Tests.Services;

/// <summary>What comes on the topic that other services answer to.</summary>
public sealed class StepRepliesTests
{
    private static readonly StepReplies Replies =
        new("shop", DomainModel.Of(typeof(Account).Assembly, typeof(GoodsPurchase).Assembly));

    private static readonly StepReference Step = new("//shop/shop.purchase/p 1", "take", StepPhase.Do, 2);

    [Theory]
    [InlineData("""{"status":"accepted","commandId":"1","versionBefore":1,"versionAfter":2,"reply":8,"repeated":false}""",
        "Accepted { ReplyJson = 8, IsReplyLeftOut = False }")]
    [InlineData("""{"status":"rejected","commandId":"1","versionBefore":1,"versionAfter":1,"code":"out-of-stock","message":"None.","repeated":true}""",
        "Rejected { Code = out-of-stock, Message = None. }")]
    [InlineData("""{"status":"rejected","commandId":"1","versionBefore":1,"versionAfter":1,"code":"phoenix-closed","message":"No.","repeated":true}""",
        "Closed { }")]
    [InlineData("""{"status":"failed","code":"handler-failed","message":"Out of order."}""", "Failed { Code = handler-failed, Message = Out of order. }")]
    [InlineData("""{"status":"accepted","commandId":"1","versionBefore":1,"versionAfter":2,"replyLeftOut":true,"repeated":false}""",
        "Accepted { ReplyJson = , IsReplyLeftOut = True }")]
    [InlineData("""{"status":"answered","version":1,"answer":8}""", "")]
    public void a_reply_goes_to_its_transaction_and_says_what_became_of_the_step(string body, string expected)
    {
        var message = Assert.Single(Replies.Convert(Reply(body)).Messages);

        Assert.Equal(("shop.purchase", "p 1"), (message.StreamNamespace, message.Key));
        var (step, answer) = StepReplies.Read(Reply(body) with { Headers = message.Headers, RawBody = message.Body });
        Assert.Equal(Step, step);
        Assert.Equal(expected, answer?.ToString() ?? "");
    }

    [Theory]
    [InlineData("no-step", "has the header 'phoenixstep'")]
    [InlineData("//shop/shop.purchase/p 1?step=take&phase=do&round=2", "has the header 'phoenixstep'")]
    [InlineData("//sales/shop.purchase/p%201?step=take&phase=do&round=2", "of 'sales'; expected one of 'shop'")]
    [InlineData("//shop/shop.account/p%201?step=take&phase=do&round=2", "'shop.account' is no transaction of this host")]
    [InlineData("//shop/shop.purchase/p%201?step=take&phase=do&round=3", "'commandid' of the reply is not that of the step")]
    public void a_reply_to_no_step_of_ours_is_put_aside(string header, string problem) => Assert.Contains(
        problem,
        Replies.Convert(Reply("""{"status":"failed","code":"handler-failed","message":"No."}""", header)).Refusal!.Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"status":"accepted"}""")]
    public void a_body_that_is_no_reply_is_put_aside(string body) =>
        Assert.Contains("is no reply", Replies.Convert(Reply(body)).Refusal!.Message, StringComparison.Ordinal);

    private static KafkaMessage Reply(string body, string? header = null) => new()
    {
        Topic = "shop.steps.replies", Partition = 0, Offset = 1, Timestamp = DateTimeOffset.UnixEpoch, TopicIncarnation = "t",
        RawKey = "tea"u8.ToArray(),
        Headers =
        [
            new(WireHeaders.Type, WireHeaders.ReplyType), new(WireHeaders.Step, header ?? StepUri.Of(Step)),
            new(WireHeaders.CommandId, Step.CommandId),
        ],
        RawBody = Encoding.UTF8.GetBytes(body),
    };
}
