// A small processor: registers, an adder with flags, a memory of programs and a machine of states.
module circuit(input clk, input reset, input [7:0] port, output reg [7:0] out, output zero);
    reg [7:0] registers [0:7];
    reg [15:0] code [0:31];
    reg [4:0] pc;
    reg [1:0] state;
    reg carry;
    reg [15:0] now;
    wire [7:0] left = registers[now[10:8]];
    wire [7:0] right = now[11] ? now[7:0] : registers[now[2:0]];
    reg [8:0] result;

    always @(*)
        case (now[15:12])
            4'h0: result = left + right;
            4'h1: result = left - right - carry;
            4'h2: result = left & right;
            4'h3: result = left | right;
            4'h4: result = left ^ right;
            4'h5: result = {left, carry};
            4'h6: result = {left[0], carry, left[7:1]};
            4'h7: result = left * right;
            4'h8: result = port;
            default: result = right;
        endcase

    assign zero = result[7:0] == 0;

    always @(posedge clk)
        if (reset) begin
            pc <= 0;
            state <= 0;
            carry <= 0;
            out <= 0;
        end else
            case (state)
                0: begin
                    now <= code[pc];
                    pc <= pc + 1;
                    state <= 1;
                end
                1: begin
                    carry <= result[8];
                    if (now[15:12] == 4'hE) out <= result[7:0];
                    else if (now[15:12] == 4'hF) pc <= zero ? pc : now[4:0];
                    else registers[now[10:8]] <= result[7:0];
                    state <= now[15:12] == 4'h7 ? 2 : 0;
                end
                default: state <= 0;
            endcase
endmodule
