// Orleans' implicit usings bring an ErrorCode of their own.
global using ErrorCode = Confluent.Kafka.ErrorCode;
